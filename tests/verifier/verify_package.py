#!/usr/bin/env python3
"""Verifies the package of an edition, from docs/reference/package-format.md alone. Standard library only.

    verify_package.py FILE.zip [--head HASH] [--chain HASH] [--edition N]

Exit code 0: everything is the same; 1: it differs, or is no package. Each difference is one line on stdout.
"""
import argparse
import csv
import datetime
import hashlib
import io
import json
import re
import struct
import sys
import zipfile
from fractions import Fraction

FORM = "tanlu-package-1"
AMOUNTS = "co2_mg co2_bio_mg ch4_fossil_mg ch4_nonfossil_mg ch4_mg n2o_mg other_mg co2e_mg energy_wh".split()
TABLES = {
    "batches": "seq shown id kind rows refused postings file_name file_hash reason sealed_ticks person leaves root chain",
    "tree": "batch level place hash",
    "activities": "batch row leaf state target_batch target_row site source calculation first_day last_day quantity quality uncertainty_percent own_postings evidence supplier note",
    "postings": "batch row line site source calculation part account month route fixed_gwp quality evidenced other_gas " + " ".join(AMOUNTS),
    "corrections": "batch row target_batch target_row reason",
    "calculations": "calculation hash state activity unit read_as region on_day days factor scope category3 measured factors code_version factor_set counts_energy",
    "factor_sets": "factor_set place code pack_hash",
    "lines": "calculation line account route role factor pack_hash flags",
    "factors": "factor pack_hash sealed activity role geography technology valid_from valid_to name_en name_zh components basis gwp priority source page mark uncertainty_percent quality note",
    "packs": "pack_hash code version name_en name_zh publisher licence licence_url attribution share_alike redistribution",
    "units": "unit dimension factor gas_state basis",
    "gases": "gas code formula regime gwp_x1000 source page",
    "substances": "substance gas share source",
    "nodes": "node parent kind code name_en name_zh region valid_from valid_to",
    "sources": "source site code name",
    "evidence": "hash name media_type bytes enclosed",
    "left_out": "site month",
    "sealed": "account cells postings co2e_mg_x1000 apart_mg_x1000 biogenic_co2_mg",
}
OWN_COLUMN = ["co2", "co2_biogenic", "ch4_fossil", "ch4_nonfossil", "ch4", "n2o"]
OF_ACTIVITY = "source calculation first_day last_day quantity quality uncertainty_percent own_postings evidence supplier note".split()
GWP_SETS = {"": 0, "SAR": 1, "AR4": 2, "AR5": 3, "AR6": 4}
KELVIN = {"0C": 273.15, "15C": 288.15, "20C": 293.15, "60F": (60 + 459.67) * 5 / 9}
MASS, VOLUME, ENERGY = {"M": 1}, {"L": 3}, {"M": 1, "L": 2, "T": -2}
HEX64 = re.compile("[0-9a-f]{64}")


class NotAPackage(Exception):
    """The file must not, or cannot, be read as a package."""


class Wrong(Exception):
    """Numbers that do not fit together."""


def sha(data):
    return hashlib.sha256(data).hexdigest()


def number(value):
    return struct.pack(">q", value)


def real(value):
    return struct.pack(">d", value)


def text(value):
    data = value.encode("utf-8")
    return struct.pack(">i", len(data)) + data


def day(value):
    return datetime.date.fromisoformat(value)


def month(value):
    if not re.fullmatch(r"\d{4}-\d\d", value):
        raise ValueError(value)
    found = int(value[:4]) * 12 + int(value[5:]) - 1
    day(value + "-01")
    return found


class Unit:
    """§ 5: an exact factor, a dimension, a gas state."""

    def __init__(self, dimension, factor, state=""):
        self.dimension, self.factor, self.state = dimension, factor, state
        self.double = float(factor)

    def per(self, other):
        dimension = dict(self.dimension)
        for name, exponent in other.dimension.items():
            dimension[name] = dimension.get(name, 0) - exponent
        return Unit({n: e for n, e in dimension.items() if e}, self.factor / other.factor, other.state)


KG, JOULE = Unit(MASS, Fraction(1)), Unit(ENERGY, Fraction(1))


def parse_dimension(written):
    found = {}
    for part in written.split("."):
        if part != "1":
            match = re.fullmatch(r"([MLTKNP]|thing:.+?|money:.+?)(-?[1-9]\d*)?", part)
            if match is None:
                raise ValueError(written)
            name, exponent = match.groups()
            found[name] = found.get(name, 0) + int(exponent or 1)
    return {n: e for n, e in found.items() if e}


def in_state(volume, has, wanted):
    if has == wanted:
        return volume
    if has not in KELVIN or wanted not in KELVIN:
        raise Wrong("gas_state")
    return volume * (KELVIN[wanted] / KELVIN[has])


def converted(source, target, density):
    """One of the source unit in the target unit."""
    value, unit = 1.0, source
    if unit.dimension != target.dimension:
        if density is None:
            raise Wrong("density")
        number_, of = density
        if of.dimension != {"M": 1, "L": -3}:
            raise Wrong("density unit")
        coherent = number_ * of.double
        if unit.dimension == VOLUME and target.dimension == MASS:
            value = in_state(value, unit.state, of.state) * unit.double * coherent
            unit = KG
        elif unit.dimension == MASS and target.dimension == VOLUME:
            value = value * unit.double / coherent
            unit = Unit(VOLUME, Fraction(1), of.state)
        else:
            raise Wrong("unit")
    if unit.dimension == VOLUME:
        value = in_state(value, unit.state, target.state)
    if unit.factor != target.factor:
        value = value * float(unit.factor / target.factor)
    return value


def rate(value, quantity, result, density):
    number_, unit = value
    return number_ * converted(quantity, result.per(unit), density)


class Verifier:
    def __init__(self, path, head, chain, edition):
        self.path, self.head, self.chain_head, self.number = path, head, chain, edition
        self.differences = 0
        self.rows = {}

    # --- saying what is wrong -------------------------------------------------------------------------------------------

    def differ(self, file, row, field, expected, found):
        self.differences += 1
        if self.differences <= 500:
            print(f"{file}, row {row}, {field}: expected {expected!r}, found {found!r}")

    def same(self, file, row, field, expected, found):
        if expected != found:
            self.differ(file, row, field, expected, found)
            return False
        return True

    def each(self, table, work):
        """Calls work(row) for each row of a table; a cell that cannot be read is a difference."""
        for row in self.rows[table]:
            try:
                work(row)
            except (ValueError, KeyError, OverflowError, struct.error, ZeroDivisionError) as broken:
                self.differ(table + ".csv", row["#"], "", "something readable", f"{broken}")

    # --- § 2, § 3, § 4 --------------------------------------------------------------------------------------------------

    def open(self):
        try:
            self.zip = zipfile.ZipFile(self.path)
            names = set()
            for entry in self.zip.infolist():
                name = entry.filename
                known = name in ("package.json", "edition.json") or name.endswith(".csv") and name[:-4] in TABLES
                if not known and not (name.startswith("evidence/") and HEX64.fullmatch(name[9:])):
                    raise NotAPackage(f"{name!r} does not belong in a package")
                if name in names:
                    raise NotAPackage(f"{name} is given twice")
                if entry.file_size > 250 * entry.compress_size + (1 << 20):
                    raise NotAPackage(f"{name} would unpack to {entry.file_size} bytes from {entry.compress_size}")
                names.add(name)
            for name in ["package.json", "edition.json"] + [t + ".csv" for t in TABLES]:
                if name not in names:
                    raise NotAPackage(f"{name} is missing")
            self.names = names
            self.manifest = json.loads(self.zip.read("package.json"))
            if self.manifest.get("form") != FORM:
                raise NotAPackage(f"the form is not {FORM}")
            self.files()
            self.edition_bytes = self.zip.read("edition.json")
            self.edition = json.loads(self.edition_bytes)
            for name, columns in TABLES.items():
                self.rows[name] = self.table(name, columns.split())
        except (zipfile.BadZipFile, json.JSONDecodeError, UnicodeDecodeError, EOFError, OSError, NotImplementedError, csv.Error, AttributeError, TypeError, KeyError) as broken:
            raise NotAPackage(f"{type(broken).__name__}: {broken}") from broken

    def files(self):
        stated = {}
        for file in self.manifest["files"]:
            if file["name"] in stated:
                raise NotAPackage(f"package.json names {file['name']} twice")
            stated[file["name"]] = file
        self.stated = dict(stated)
        for name in sorted(self.names - {"package.json"}):
            if name not in stated:
                self.differ(name, "", "", "nothing", "a file that the manifest does not name")
                continue
            file = stated.pop(name)
            digest, size = hashlib.sha256(), 0
            with self.zip.open(name) as content:
                while chunk := content.read(1 << 20):
                    digest.update(chunk)
                    size += len(chunk)
            self.same(name, "", "bytes", file["bytes"], size)
            self.same(name, "", "sha256", file["sha256"], digest.hexdigest())
        for name in stated:
            self.differ(name, "", "", "a file", "none")

    def table(self, name, columns):
        with self.zip.open(name + ".csv") as raw:
            # csv would take a CR for the end of a record; the form ends records in LF only.
            written = raw.read().decode("utf-8")
        records = list(csv.reader(io.StringIO(written, newline=""), strict=True, lineterminator="\n"))
        if not records or records[0] != columns:
            raise NotAPackage(f"{name}.csv has the header {records[:1]}")
        rows = []
        for at, record in enumerate(records[1:], start=2):
            if len(record) != len(columns):
                raise NotAPackage(f"{name}.csv, row {at}: {len(record)} cells")
            row = {c: v[1:] if v.startswith("'") else v for c, v in zip(columns, record)}
            row["#"] = at
            rows.append(row)
        self.same("package.json", name + ".csv", "rows", len(rows), self.stated.get(name + ".csv", {}).get("rows"))
        return rows

    # --- § 6: rates -----------------------------------------------------------------------------------------------------

    def facts(self):
        self.units, self.gases, self.gas_of, self.factors, self.licences, self.substances, self.lines = {}, {}, {}, {}, {}, {}, {}

        def once(where, key, value, row, table):
            if key in where:
                self.differ(table + ".csv", row["#"], "key", "once", key)
            where[key] = value

        def unit(r):
            once(self.units, r["unit"], Unit(parse_dimension(r["dimension"]), Fraction(r["factor"]), r["gas_state"]), r, "units")
            if r["gas_state"] not in ("", *KELVIN) or r["basis"] not in ("", "gross", "net"):
                raise ValueError(r["gas_state"] + r["basis"])

        self.each("units", unit)

        def gas(r):
            once(self.gases, int(r["gas"]), r, r, "gases")
            once(self.gas_of, r["code"], int(r["gas"]), r, "gases")
            int(r["gwp_x1000"])
            if r["regime"] not in ("kyoto", "montreal", "other"):
                raise ValueError(r["regime"])

        self.each("gases", gas)
        for gas_id, code in enumerate(OWN_COLUMN, start=1):
            self.same("gases.csv", "", "gas of " + code, gas_id, self.gas_of.get(code))
        self.each("packs", lambda r: once(self.licences, r["pack_hash"], r["licence"], r, "packs"))

        def factor(r):
            parts = []
            if r["sealed"] == "0":
                for part in r["components"].split("|"):
                    kind, rest = part.split("=", 1)
                    value, unit = rest.split(" ", 1)
                    parts.append((kind, float(value), self.units[unit]))
            once(self.factors, (r["factor"], r["pack_hash"]), dict(r, parts=parts), r, "factors")
            self.licences[r["pack_hash"]]
            GWP_SETS[r["gwp"]]

        self.each("factors", factor)
        self.each("substances", lambda r: self.substances.setdefault(r["substance"], []).append((int(r["gas"]), float(r["share"]))))

        def line(r):
            self.lines.setdefault(int(r["calculation"]), []).append(r)
            if (r["factor"] == "") != (r["pack_hash"] == ""):
                raise ValueError(r["pack_hash"])

        self.each("lines", line)
        for lines in self.lines.values():
            for at, line in enumerate(lines):
                self.same("lines.csv", line["#"], "line", str(at), line["line"])

    def calculations(self):
        sets = {}
        for r in self.rows["factor_sets"]:
            members = sets.setdefault(r["factor_set"], [])
            self.same("factor_sets.csv", r["#"], "place", str(len(members)), r["place"])
            members.append(f"{r['code']} {r['pack_hash']}")
        self.calculation = {}

        def one(r):
            members = sha("\n".join(sets.get(r["factor_set"], [])).encode())
            self.same("calculations.csv", r["#"], "factor_set", members, r["factor_set"])
            pinned = b"".join(text(r[c]) for c in "activity unit region on_day days factor scope category3 measured factors code_version".split())
            self.same("calculations.csv", r["#"], "hash", sha(pinned + bytes.fromhex(members)), r["hash"])
            key = int(r["calculation"])
            if key in self.calculation:
                self.differ("calculations.csv", r["#"], "calculation", "once", r["calculation"])
            found = {"hash": bytes.fromhex(r["hash"]), "parts": None, "offset": 0.0, "multiplier": 1.0,
                     "activity": (r["activity"],)}
            self.calculation[key] = found
            if r["state"] == "open":
                try:
                    self.work_out(r, found)
                except Wrong as wrong:
                    self.differ("calculations.csv", r["#"], "", "numbers that fit together", f"{wrong}")
            elif r["state"] != "lost":
                raise ValueError(r["state"])

        self.each("calculations", one)

    def work_out(self, r, found):
        quantity = self.units[r["read_as"]]
        self.same("calculations.csv", r["#"], "read_as", r["unit"], r["read_as"].split(" @ ")[0])
        measured = {k: (v[0], self.units[v[1]]) if isinstance(v, list) else v for k, v in (json.loads(r["measured"]) if r["measured"] else {}).items()}
        if "stock_start" in measured and "stock_end" in measured:
            found["offset"] = float(measured["stock_start"]) - float(measured["stock_end"])
        elif "leak_rate" in measured:
            found["multiplier"] = measured["leak_rate"] * self.years(day(r["on_day"]), int(r["days"]))
        lines = self.lines.get(int(r["calculation"]), [])
        if not lines:
            raise Wrong("no lines")
        self.same("calculations.csv", r["#"], "factors", "|".join(dict.fromkeys(line["factor"] for line in lines if line["factor"])), r["factors"])
        if r["counts_energy"] not in ("0", "1"):
            raise ValueError(r["counts_energy"])
        parts, main = [], None
        for at, line in enumerate(lines):
            factor = self.factors[(line["factor"], line["pack_hash"])] if line["factor"] else None
            if factor and factor["sealed"] != "0":
                raise Wrong("sealed")
            main = main or factor
            given = dict(measured)
            if at > 0 and "ncv" not in given and main:
                given.update({k: (v, u) for k, v, u in main["parts"] if k == "ncv"})
            if factor is None:
                gases, co2e, wh = [(g, quantity.double * share) for g, share in self.substances[r["activity"]]], None, None
                origin = (r["activity"], "", "", "", "V")
            else:
                gases, co2e, wh = self.per_unit(factor, quantity, given)
                origin = (r["activity"], line["factor"], factor["source"], self.licences[factor["pack_hash"]], factor["mark"])
            origin += tuple(f for f in line["flags"].split("|") if f)
            rates, others = [0.0] * 9, []
            for gas, kg in gases:
                code = self.gases[gas]["code"]
                if code in OWN_COLUMN:
                    rates[OWN_COLUMN.index(code)] += kg * 1e6
                else:
                    others.append((gas, kg * 1e6))
            rates[7] = (co2e or 0.0) * 1e6
            rates[8] = wh if at == 0 and r["counts_energy"] == "1" and wh is not None else 0.0
            first = others[0] if others else (0, 0.0)
            rates[6] = first[1]
            key = (int(line["account"]), int(line["route"]))
            parts.append((key + (GWP_SETS[factor["gwp"]] if co2e is not None else 0, first[0]), rates, origin))
            parts += [(key + (0, gas), [0.0] * 6 + [mg, 0.0, 0.0], origin) for gas, mg in others[1:]]
        found["parts"] = parts

    @staticmethod
    def years(middle, days):
        at, years = middle - datetime.timedelta(days=(days - 1) // 2), 0.0
        while days > 0:
            start, end = datetime.date(at.year, 1, 1), datetime.date(at.year + 1, 1, 1)
            inside = min(days, (end - at).days)
            years += inside / (end - start).days
            days -= inside
            at += datetime.timedelta(days=inside)
        return years

    def per_unit(self, factor, q, measured):
        """(gas, kg) in order, kg CO2e or None, Wh or None: of one unit of quantity."""
        parts = factor["parts"]

        def find(kind):
            return next(((v, u) for k, v, u in parts if k == kind), None)

        def is_gas(kind):
            return kind in self.gas_of

        density = measured.get("density") or find("density")
        per_energy = {"L": -2, "T": 2}
        fuel = any(k in ("carbon", "ncv", "gcv") for k, _, _ in parts) or (
            factor["activity"].startswith("fuel.") and any(is_gas(k) and u.dimension == per_energy for k, _, u in parts))
        if not fuel:
            gases, co2e, part = [], None, 0.0
            for kind, value, unit in parts:
                as_co2e = kind.endswith("_as_co2e")
                if not (as_co2e or kind == "co2e" or is_gas(kind)):
                    continue
                kg = rate((value, unit), q, KG, density)
                if kind == "co2e":
                    co2e = kg
                elif not as_co2e:
                    gases.append((self.gas_of[kind], kg))
                elif kind == "co2_as_co2e":
                    part = kg
                    gases.append((self.gas_of["co2"], kg))
            if co2e is not None and part > 0:
                co2e = max(0.0, co2e - part)
            return gases, co2e, q.double / 3600 if q.dimension == ENERGY else None

        wh = None
        if q.dimension == ENERGY:
            wh = q.double / 3600
        else:
            gross = factor["basis"] == "gross" or (factor["basis"] == "" and not find("ncv") and find("gcv"))
            value = measured.get("ncv") or find("gcv" if gross else "ncv")
            if value:
                try:
                    wh = rate(value, q, JOULE, density) / 3600
                except Wrong:
                    pass

        def energy():
            if wh is None:
                raise Wrong("calorific value")
            return wh

        gases = []
        carbon = measured.get("carbon_content") or find("carbon")
        if carbon:
            if "oxidation" in measured:
                oxidation = measured["oxidation"]
            elif find("oxidation"):
                oxidation = find("oxidation")[0] * find("oxidation")[1].double
            elif not find("carbon"):
                oxidation = 1
            else:
                raise Wrong("oxidation")
            if carbon[1].dimension == per_energy:
                kg = energy() * 3600 * (carbon[0] * carbon[1].double) * oxidation * (44 / 12)
            else:
                kg = rate(carbon, q, KG, density) * oxidation * (44 / 12)
            gases.append((self.gas_of["co2"], kg))
        for kind, value, unit in parts:
            if not is_gas(kind) or (carbon and kind == "co2"):
                continue
            if unit.dimension == per_energy:
                oxidation = measured.get("oxidation", 1) if kind in ("co2", "co2_biogenic") else 1
                gases.append((self.gas_of[kind], energy() * 3600 * value * unit.double * oxidation))
            else:
                gases.append((self.gas_of[kind], rate((value, unit), q, KG, density)))
        return gases, None, wh

    # --- § 7: postings --------------------------------------------------------------------------------------------------

    @staticmethod
    def months(first, last):
        total, found, at = (last - first).days + 1, [], first
        while at <= last:
            following = datetime.date(at.year + at.month // 12, at.month % 12 + 1, 1)
            days = (min(following, last + datetime.timedelta(days=1)) - first).days
            found.append((at.year * 12 + at.month - 1, 1 if days == total else days / total))
            at = following
        return found

    def read_postings(self):
        self.postings, self.seq = {}, {}
        self.each("batches", lambda r: self.seq.update({int(r["id"]): int(r["seq"])}) if r["shown"] == "1" else None)
        last = None

        def one(r):
            nonlocal last
            key = (int(r["batch"]), int(r["row"]))
            place = (self.seq[key[0]], key[1], int(r["line"]))
            if last is not None and place <= last:
                self.differ("postings.csv", r["#"], "line", f"something behind {last}", place)
            last = place
            posting = {"#": r["#"], "line": int(r["line"]), "month": month(r["month"]), "amounts": [int(r[a]) for a in AMOUNTS]}
            for field in "site source calculation part account route fixed_gwp quality evidenced other_gas".split():
                posting[field] = int(r[field])
            self.postings.setdefault(key, []).append(posting)
            self.at_site("postings.csv", r, posting["source"], posting["site"])
            self.add_to_cell(posting)

        self.each("postings", one)

    def at_site(self, file, r, source, site):
        """A source stands at one site."""
        self.same(file, r["#"], "site", self.sources.setdefault(source, site), site)

    def compare(self, posting, **expected):
        for field, value in expected.items():
            if field == "amounts":
                for name, wanted, found in zip(AMOUNTS, value, posting["amounts"]):
                    self.same("postings.csv", posting["#"], name, wanted, found)
            else:
                self.same("postings.csv", posting["#"], field, value, posting[field])

    def activities(self):
        self.leaves, self.named, taken, last = {}, set(), {}, None
        corrections = {}
        for r in self.rows["corrections"]:
            key = (int(r["batch"]), int(r["row"]))
            target = (int(r["target_batch"]), int(r["target_row"]))
            if key in corrections or target in taken:
                self.differ("corrections.csv", r["#"], "target_row", "taken back once", target)
            corrections[key] = r
            taken[target] = None
        self.reasons = []
        unseen = set(self.postings)
        self.recomputed = self.partial = 0

        def one(r):
            nonlocal last
            key = (int(r["batch"]), int(r["row"]))
            place = (self.seq[key[0]], key[1])
            if last is not None and place <= last:
                self.differ("activities.csv", r["#"], "row", f"something behind {last}", place)
            last = place
            unseen.discard(key)
            postings = self.postings.get(key, [])
            has, back, whole = r["site"] != "", r["target_row"] != "", r["state"] == "whole"
            if r["state"] not in ("whole", "own", "back"):
                raise ValueError(r["state"])
            if back != (r["target_batch"] != "") or not has and any(r[c] for c in OF_ACTIVITY):
                raise ValueError("a row without an activity has cells of one, or half a target")
            self.partial += not whole
            first = postings[0]["line"] if postings and not has else 0
            if whole or has:
                first = 0
            self.same("postings.csv", postings[0]["#"] if postings else "", "line", list(range(first, first + len(postings))), [p["line"] for p in postings])
            own = int(r["own_postings"]) if has else 0
            if has:
                self.own(r, postings, own)
                if key in taken:
                    taken[key] = postings[:own]
            rest = postings[own:]
            if back:
                self.back(r, key, rest, taken, corrections, has, whole)
            elif whole and rest:
                self.differ("postings.csv", rest[0]["#"], "line", "no posting that takes another back", rest[0]["line"])
            if whole:
                place = (key[0], int(r["leaf"]))
                if place in self.leaves:
                    self.differ("activities.csv", r["#"], "leaf", "once", r["leaf"])
                self.leaves[place] = self.leaf(r, has, postings)

        self.each("activities", one)
        for key in sorted(unseen):
            self.differ("postings.csv", self.postings[key][0]["#"], "row", "a row of activities.csv", key)
        for r in corrections.values():
            self.differ("corrections.csv", r["#"], "row", "a row that takes another back", (r["batch"], r["row"]))

    def own(self, r, postings, own):
        self.at_site("activities.csv", r, int(r["source"]), int(r["site"]))
        if HEX64.fullmatch(r["evidence"]):
            self.named.add(r["evidence"])
        if own > len(postings):
            self.differ("activities.csv", r["#"], "own_postings", own, len(postings))
            return
        calculation = self.calculation[int(r["calculation"])]
        if calculation["parts"] is None:
            return
        months = self.months(day(r["first_day"]), day(r["last_day"]))
        if not self.same("activities.csv", r["#"], "own_postings", len(calculation["parts"]) * len(months), own):
            return
        effective = (float(r["quantity"]) + calculation["offset"]) * calculation["multiplier"]
        line = iter(postings)
        for part, (key, rates, _) in enumerate(calculation["parts"]):
            before = [0] * 9
            for number_, up_to in months:
                cumulative = [round(effective * up_to * mg) for mg in rates]
                self.compare(next(line), site=int(r["site"]), source=int(r["source"]), calculation=int(r["calculation"]), part=part, account=key[0], month=number_, route=key[1],
                             fixed_gwp=key[2], quality=int(r["quality"]), evidenced=int(r["evidence"] != ""), other_gas=key[3], amounts=[c - b for c, b in zip(cumulative, before)])
                before = cumulative
                self.recomputed += 1

    def back(self, r, key, rest, taken, corrections, has, whole):
        target = (int(r["target_batch"]), int(r["target_row"]))
        correction = corrections.pop(key, None)
        if correction is None:
            self.differ("corrections.csv", "", "row", key, "none")
        else:
            self.same("corrections.csv", correction["#"], "target", target, (int(correction["target_batch"]), int(correction["target_row"])))
            if has:
                self.same("corrections.csv", correction["#"], "reason", r["note"], correction["reason"])
            elif whole:
                self.reasons.append((key[0], correction))
        of = taken.get(target)
        if of is None:
            self.differ("activities.csv", r["#"], "target_row", "an activity above", target)
        elif self.same("activities.csv", r["#"], "postings that take back", len(of), len(rest)):
            for posting, taken_back in zip(rest, of):
                fields = {f: taken_back[f] for f in "site source calculation part account month route fixed_gwp quality evidenced other_gas".split()}
                self.compare(posting, amounts=[-a for a in taken_back["amounts"]], **fields)
                self.recomputed += self.calculation[posting["calculation"]]["parts"] is not None

    # --- § 8: hashes ----------------------------------------------------------------------------------------------------

    def leaf(self, r, has, postings):
        def half(calculation):
            return self.calculation[int(calculation)]["hash"][:16]

        data = bytes([0, int(has)]) + b"".join(number(int(r[c] or 0)) for c in ("row", "target_batch", "target_row"))
        if has:
            data += number(int(r["site"])) + number(int(r["source"])) + half(r["calculation"])
            data += b"".join(number(day(r[c]).toordinal() - 1) for c in ("first_day", "last_day")) + real(float(r["quantity"])) + number(int(r["quality"]))
            data += real(float(r["uncertainty_percent"])) if r["uncertainty_percent"] else number(-1)
            data += number(int(r["own_postings"])) + text(r["evidence"]) + text(r["supplier"]) + text(r["note"])
        for p in postings:
            data += number(p["site"]) + number(p["source"]) + half(p["calculation"])
            data += b"".join(number(p[f]) for f in "part account month route fixed_gwp quality evidenced other_gas".split()) + b"".join(map(number, p["amounts"]))
        return hashlib.sha256(data).digest()

    def batches(self):
        nodes = {}

        def node(r):
            key = (int(r["batch"]), int(r["level"]), int(r["place"]))
            if key in nodes or not HEX64.fullmatch(r["hash"]):
                self.differ("tree.csv", r["#"], "hash", "one node of 64 digits", r["hash"])
            nodes[key] = bytes.fromhex(r["hash"])

        self.each("tree", node)

        def root_of(batch, leaves):
            def at(level, place):
                given = nodes.pop((batch, level, place), None)
                if given is not None:
                    return given
                if level == 0:
                    return self.leaves.pop((batch, place), None)
                left = at(level - 1, 2 * place)
                width = -(-leaves // (1 << (level - 1)))
                if left is None or 2 * place + 1 >= width:
                    return left
                right = at(level - 1, 2 * place + 1)
                return None if right is None else hashlib.sha256(b"\x01" + left + right).digest()

            level = 0
            while (1 << level) < leaves:
                level += 1
            return at(level, 0)

        previous, expected, root = bytes(32), 1, ""
        by_id = {}
        for r in self.rows["batches"]:
            try:
                self.same("batches.csv", r["#"], "seq", str(expected), r["seq"])
                expected += 1
                root = ""
                if r["shown"] == "1":
                    by_id[int(r["id"])] = r
                    root = r["root"]
                    if r["leaves"]:
                        if int(r["leaves"]) < 1:
                            raise ValueError("no leaves")
                        found = root_of(int(r["id"]), int(r["leaves"]))
                        self.same("batches.csv", r["#"], "root", found.hex() if found else "", r["root"])
                    link = bytes([2]) + previous + bytes.fromhex(r["root"]) + number(self.manifest["tenant"])
                    link += b"".join(number(int(r[c])) for c in "id seq kind rows refused postings sealed_ticks person".split()) + text(r["file_hash"]) + text(r["reason"])
                    self.same("batches.csv", r["#"], "chain", sha(link), r["chain"])
                elif r["shown"] != "0":
                    raise ValueError(r["shown"])
                previous = bytes.fromhex(r["chain"])
            except (ValueError, KeyError, struct.error, OverflowError) as broken:
                self.differ("batches.csv", r["#"], "", "something readable", f"{broken}")
        for key in sorted(nodes):
            self.differ("tree.csv", "", "place", "a node that is used", key)
        for key in sorted(self.leaves):
            self.differ("activities.csv", "", "leaf", "a leaf of a batch", key)
        for batch, correction in self.reasons:
            self.same("corrections.csv", correction["#"], "reason", by_id.get(batch, {}).get("reason"), correction["reason"])
        book = self.manifest["book"]
        chain = previous.hex() if self.rows["batches"] else ""
        self.same("package.json", "book", "seq", len(self.rows["batches"]), book["seq"])
        self.same("package.json", "book", "chain", chain, book["chain"])
        if root:
            self.same("package.json", "book", "root", root, book["root"])
        for name in ("seq", "root", "chain"):
            self.same("edition.json", "", "book_" + name, book[name], self.edition["book_" + name])

    # --- § 9: the edition -----------------------------------------------------------------------------------------------

    def start_edition(self):
        e = self.edition
        self.from_, self.to = month(e["from"]), month(e["to"])
        self.cells, self.sources, self.together = {}, {}, set()
        self.origins = [tuple(o) for o in e["origins"]]
        self.stated_months = {(c[0], c[1]) for c in e["cells"]}
        self.left_out = set()

        def left(r):
            key = (int(r["site"]), month(r["month"]))
            if key in self.left_out or key in self.stated_months:
                self.differ("left_out.csv", r["#"], "month", "a month without cells, once", r["month"])
            self.left_out.add(key)

        self.each("left_out", left)

    def add_to_cell(self, p):
        if str(p["site"]) not in self.edition["sites"]:
            self.differ("postings.csv", p["#"], "site", "a site of the edition", p["site"])
        if not self.from_ <= p["month"] < self.to or p["route"] not in (0, self.edition["route"]) or (p["site"], p["month"]) in self.left_out:
            return
        calculation = self.calculation[p["calculation"]]
        if calculation["parts"] is None:
            origin = calculation["activity"]
        elif 0 <= p["part"] < len(calculation["parts"]):
            origin = calculation["parts"][p["part"]][2]
        else:
            raise ValueError(f"part {p['part']}")
        key = (p["site"], p["month"], p["source"], origin, p["account"], p["route"], p["fixed_gwp"], p["quality"], p["evidenced"], p["other_gas"])
        if calculation["parts"] is None:
            self.together.add(key)
        self.cells[key] = [a + b for a, b in zip(self.cells.get(key, [0] * 9), p["amounts"])]

    def finish_edition(self):
        e, stated, totals = self.edition, {}, {}
        sealed, apart, biogenic, energy, lost = [], 0, 0, 0, 0

        def compared(key):
            """A cell that a lost calculation may have gone into is compared together with the others of its activity."""
            shared = key[:3] + (key[3][:1],) + key[4:]
            return shared if shared in self.together else key

        for key in [k for k in self.cells if compared(k) != k]:
            amounts = self.cells.pop(key)
            self.cells[compared(key)] = [a + b for a, b in zip(self.cells.get(compared(key), [0] * 9), amounts)]
        gwp = {code: int(self.gases[gas]["gwp_x1000"]) for code, gas in self.gas_of.items()}
        for cell in e["cells"]:
            key = tuple(cell[:3]) + (self.origins[cell[3]],) + tuple(cell[4:10])
            if len(cell) == 10:
                sealed.append(key)
                self.cells.pop(compared(key), None)
                continue
            stated[compared(key)] = [a + b for a, b in zip(stated.get(compared(key), [0] * 9), cell[10:])]
        for key, amounts in stated.items():
            found = self.cells.pop(key, [0] * 9)
            for name, wanted, was in zip(AMOUNTS, found, amounts):
                self.same("edition.json", key, name, wanted, was)
            co2, bio, ch4_fossil, ch4_nonfossil, ch4, n2o, other, co2e, wh = amounts
            in_scopes = co2 * 1000 + ch4_fossil * gwp["ch4_fossil"] + ch4_nonfossil * gwp["ch4_nonfossil"] + ch4 * gwp["ch4"] + n2o * gwp["n2o"] + co2e * 1000
            if key[9] and self.gases[key[9]]["regime"] == "kyoto":
                in_scopes += other * int(self.gases[key[9]]["gwp_x1000"])
            elif key[9]:
                apart += other * int(self.gases[key[9]]["gwp_x1000"])
            totals[key[4]] = totals.get(key[4], 0) + in_scopes
            lost += in_scopes if key in self.together else 0
            biogenic += bio
            energy += wh
        for key, amounts in self.cells.items():
            if any(amounts):
                self.differ("edition.json", key, "cells", amounts, "no cell")
        sealed_sum = 0
        for r in self.rows["sealed"]:
            account = int(r["account"])
            self.same("sealed.csv", r["#"], "cells", sum(k[4] == account for k in sealed), int(r["cells"]))
            totals[account] = totals.get(account, 0) + int(r["co2e_mg_x1000"])
            sealed_sum += int(r["co2e_mg_x1000"])
            apart += int(r["apart_mg_x1000"])
            biogenic += int(r["biogenic_co2_mg"])
        wanted = {"scope1": totals.get(100, 0), "scope2_location": totals.get(200, 0), "scope3": sum(v for k, v in totals.items() if k > 300), "apart": apart, "scope2_market": None}
        wanted.update({f"scope3_{c}": totals.get(300 + c, 0) for c in range(1, 16)})
        for account in totals:
            if account not in (100, 200) and not 301 <= account <= 315:
                self.differ("edition.json", "cells", "account", "100, 200 or 301 to 315", account)
        for name, value in wanted.items():
            self.same("edition.json", "totals_mg_co2e_x1000", name, None if value is None else str(value), e["totals_mg_co2e_x1000"].get(name))
        self.same("edition.json", "", "biogenic_co2_mg", str(biogenic), e["biogenic_co2_mg"])
        self.same("edition.json", "", "energy_wh", None if sealed else str(energy), e["energy_wh"])
        self.same("package.json", "edition", "number", e["number"], self.manifest["edition"]["number"])
        self.same("package.json", "sealed", "cells", len(sealed), self.manifest["sealed"]["cells"])
        self.hash = self.manifest["edition"]["hash"]
        if not sealed:
            self.hash = sha(self.edition_bytes)
            self.same("package.json", "edition", "hash", self.hash, self.manifest["edition"]["hash"])
        whole = sum(totals.values())
        self.shares = tuple(0.0 if not whole else part / whole for part in (whole - sealed_sum - lost, sealed_sum, lost))
        self.sealed_cells = len(sealed)

    def names_and_evidence(self):
        e, nodes, sources = self.edition, set(), set()
        for r in self.rows["nodes"]:
            name = e["sites"].get(r["node"])
            if name is None or r["node"] in nodes:
                self.differ("nodes.csv", r["#"], "node", "a site of the edition, once", r["node"])
            else:
                self.same("nodes.csv", r["#"], "code and names", name, [r["code"], r["name_en"], r["name_zh"]])
            nodes.add(r["node"])
        for missing in set(e["sites"]) - nodes:
            self.differ("nodes.csv", "", "node", missing, "none")
        for r in self.rows["sources"]:
            if int(r["source"]) not in self.sources or r["source"] in sources:
                self.differ("sources.csv", r["#"], "source", "a source of the rows, once", r["source"])
            elif self.same("sources.csv", r["#"], "site", self.sources[int(r["source"])], int(r["site"])) and r["source"] in e["sources"]:
                self.same("sources.csv", r["#"], "code and name", e["sources"][r["source"]][:2], [r["code"], r["name"]])
            sources.add(r["source"])
        for missing in {str(s) for s in self.sources} - sources:
            self.differ("sources.csv", "", "source", missing, "none")
        enclosed = {n for n in self.names if n.startswith("evidence/")}
        self.enclosed = len(enclosed)
        for r in self.rows["evidence"]:
            name = "evidence/" + r["hash"]
            if r["hash"] not in self.named:
                self.differ("evidence.csv", r["#"], "hash", "evidence that an activity names", r["hash"])
            if r["enclosed"] == "1":
                if name not in enclosed:
                    self.differ(name, "", "", "a file", "none")
                    continue
                enclosed.discard(name)
                digest, size = hashlib.sha256(), 0
                with self.zip.open(name) as content:
                    while chunk := content.read(1 << 20):
                        digest.update(chunk)
                        size += len(chunk)
                self.same(name, "", "sha256", r["hash"], digest.hexdigest())
                self.same("evidence.csv", r["#"], "bytes", str(size), r["bytes"])
            elif r["enclosed"] != "0":
                self.differ("evidence.csv", r["#"], "enclosed", "0 or 1", r["enclosed"])
        for name in enclosed:
            self.differ(name, "", "", "nothing", "a file that evidence.csv does not list")

    def compare_head(self):
        if self.number is not None:
            self.same("recorded head", "", "number", self.number, self.manifest["edition"]["number"])
        if self.head:
            self.same("recorded head", "", "hash", self.head.lower(), self.hash)
        if self.chain_head:
            self.same("recorded head", "", "chain", self.chain_head.lower(), self.manifest["book"]["chain"])

    def run(self):
        self.open()
        try:
            self.facts()
            self.calculations()
            self.start_edition()
            self.read_postings()
            self.activities()
            self.batches()
            self.finish_edition()
            self.names_and_evidence()
            self.compare_head()
        except (KeyError, ValueError, TypeError, IndexError, AttributeError, OverflowError, struct.error, zipfile.BadZipFile) as broken:
            self.differ("package", "", "", "something readable", f"{type(broken).__name__}: {broken}")
        except zipfile.error as broken:  # a damaged entry
            self.differ("package", "", "", "a zip that can be read", f"{broken}")
        return self.differences == 0


def main():
    arguments = argparse.ArgumentParser(description="Verify the package of an edition.")
    arguments.add_argument("file")
    arguments.add_argument("--head", help="the edition's hash, as its page shows it")
    arguments.add_argument("--chain", help="the chain of the book, as the edition's page shows it")
    arguments.add_argument("--edition", type=int, help="the edition's number")
    given = arguments.parse_args()
    verifier = Verifier(given.file, given.head, given.chain, given.edition)
    try:
        same = verifier.run()
    except NotAPackage as refused:
        print(f"refused: {refused}")
        return 1
    if same:
        count = sum(len(p) for p in verifier.postings.values())
        print(f"same: edition {verifier.manifest['edition']['number']}, {len(verifier.rows['activities'])} rows, {count} postings, {verifier.recomputed} recomputed, "
              f"{len(verifier.edition['cells'])} cells, {verifier.sealed_cells} sealed, {verifier.enclosed} evidence files")
        print("share of the tonnes recomputed {:.6f}, sealed {:.6f}, lost {:.6f}".format(*verifier.shares))
        if not given.head:
            print("not compared with a recorded head: give --head")
    else:
        print(f"different: {verifier.differences} differences")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
