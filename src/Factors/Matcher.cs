using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>Something the reader of a figure must know about how its factor was found; text key <c>note.flag_{Code}</c>.</summary>
public sealed record MatchFlag(string Code, params IReadOnlyList<string> Args)
{
    /// <summary>The version's validity ended before the activity: the latest one serves.</summary>
    public const string Stale = "stale";

    /// <summary>The factor of a larger place serves because the route prescribes it.</summary>
    public const string StandsIn = "stands_in";

    /// <summary>The user named the factor.</summary>
    public const string Chosen = "chosen";

    /// <summary>The user named a factor of another place.</summary>
    public const string OtherPlace = "other_place";

    /// <summary>The value was not read at its source (mark S or U).</summary>
    public const string Unverified = "unverified";

    public string Text(Language language) => Texts.Fill(language, "note.flag_" + Code, Args);
}

/// <summary>A version that was looked at, and why it serves or not; text key <c>explain.considered_{Verdict}</c>.</summary>
/// <param name="Verdict">chosen, chosen_latest, named, later_in_order, older, not_yet_valid, larger_place or unit_does_not_fit.</param>
public sealed record Considered(FactorVersion Version, string Verdict, Problem? Reason = null);

/// <summary>The version chosen for an activity, with everything that was looked at on the way.</summary>
/// <param name="Plan">What the caller's planning made of the version.</param>
public sealed record Match<TPlan>(FactorVersion Version, TPlan Plan, IReadOnlyList<Considered> Considered, IReadOnlyList<MatchFlag> Flags);

/// <summary>
/// Picks the factor version for an activity by stated rules: the place itself first; a larger place only where the activity's route
/// prescribes it; there the version valid on the day, by the publisher sets' order; a version whose validity has ended serves when nothing
/// newer is published, and says so. Nothing is guessed: a place without a factor is a refusal.
/// </summary>
public static class Matcher
{
    private const int MostConsidered = 40;

    /// <summary>Finds by activity code, role, place and day.</summary>
    /// <param name="plan">Decides whether a version can serve the quantity's unit and the measured properties; its refusal is kept as the reason.</param>
    public static Outcome<Match<TPlan>> Find<TPlan>(
        FactorLibrary library, ActivityType type, string activity, FactorRole role, Region region, DateOnly on, Func<FactorVersion, Outcome<TPlan>> plan)
    {
        var candidates = library.Of(activity, role);
        var considered = new List<Considered>();
        Problem? unfit = null;
        foreach (var place in Regions.Outwards(region))
        {
            var here = candidates.Where(c => c.Geography == place.Code).ToList();
            if (here.Count == 0)
            {
                continue;
            }

            if (place != region && !StandsIn(type, place))
            {
                considered.AddRange(here.GroupBy(v => (v.Pack.Code, v.Series)).Select(s => Serving(s, on)).OfType<FactorVersion>().Select(v => new Considered(v, "larger_place")));
                continue;
            }

            var usable = new List<(FactorVersion Version, TPlan Plan, bool Current)>();
            foreach (var series in here.GroupBy(v => (v.Pack.Code, v.Series)))
            {
                if (Serving(series, on) is not { } version)
                {
                    considered.AddRange(series.Select(v => new Considered(v, "not_yet_valid")));
                    continue;
                }

                var planned = plan(version);
                if (!planned.Ok)
                {
                    unfit ??= planned.Problems[0];
                    considered.Add(new Considered(version, "unit_does_not_fit", planned.Problems[0]));
                    continue;
                }

                usable.Add((version, planned.Value, Covers(version, on)));
            }

            if (usable.Count == 0)
            {
                // A set of this place that cannot take the unit is a question to the user, not a reason to look for a place that can.
                if (unfit is not null)
                {
                    return unfit;
                }

                continue;
            }

            var ordered = usable
                .OrderByDescending(u => u.Current).ThenBy(u => u.Version.Priority).ThenByDescending(u => u.Version.ValidFrom)
                .ThenBy(u => u.Version.Id, StringComparer.Ordinal).ToList();
            var best = ordered[0];
            considered.Insert(0, new Considered(best.Version, best.Current ? "chosen" : "chosen_latest"));
            considered.AddRange(ordered.Skip(1).Select(u => new Considered(u.Version, u.Current ? "later_in_order" : "older")));
            var flags = new List<MatchFlag>();
            if (!best.Current)
            {
                flags.Add(new MatchFlag(MatchFlag.Stale, best.Version.Id, best.Version.Version, Iso(on)));
            }

            if (place != region)
            {
                flags.Add(new MatchFlag(MatchFlag.StandsIn, place.Code, region.Code));
            }

            AddMark(flags, best.Version);
            return new Match<TPlan>(best.Version, best.Plan, Cut(considered), flags);
        }

        return candidates.Count == 0
            ? new Problem("factor_missing", Column: "activity", Found: activity, Args: [activity])
            : new Problem("factor_missing_here", Column: "region", Found: region.Code, Args: [activity, region.Code, Iso(on), Offer(considered)]);
    }

    /// <summary>The version a user named: an id, a series with version, or a series (the version of the day is taken).</summary>
    public static Outcome<Match<TPlan>> Named<TPlan>(FactorLibrary library, string name, Region? region, DateOnly on, Func<FactorVersion, Outcome<TPlan>> plan)
    {
        var found = library.Named(name);
        if (found.Count == 0)
        {
            return new Problem("factor_unknown", Column: "factor", Found: name);
        }

        if (found.Select(v => (v.Pack.Code, v.Series)).Distinct().Count() > 1)
        {
            return new Problem("factor_ambiguous", Column: "factor", Found: name, Args: [string.Join(", ", found.Select(v => $"{v.Pack.Code}:{v.Series}").Distinct().Take(4))]);
        }

        var version = found.Count == 1 ? found[0] : Serving(found, on) ?? found.MinBy(v => v.ValidFrom)!;
        var planned = plan(version);
        if (!planned.Ok)
        {
            return Outcome<Match<TPlan>>.Refused(planned.Problems);
        }

        var flags = new List<MatchFlag> { new(MatchFlag.Chosen, version.Id) };
        if (!Covers(version, on))
        {
            flags.Add(new MatchFlag(MatchFlag.Stale, version.Id, version.Version, Iso(on)));
        }

        if (region is not null && Regions.Outwards(region).All(r => r.Code != version.Geography))
        {
            flags.Add(new MatchFlag(MatchFlag.OtherPlace, version.Id, version.Geography, region.Code));
        }
        else if (region is not null && region.Code != version.Geography)
        {
            flags.Add(new MatchFlag(MatchFlag.StandsIn, version.Geography, region.Code));
        }

        AddMark(flags, version);
        return new Match<TPlan>(version, planned.Value, [new Considered(version, "named")], flags);
    }

    private static bool StandsIn(ActivityType type, Region place) =>
        place == Regions.World ? type.WorldStandsIn : place.Parent == Regions.World.Code && type.NationalStandsIn;

    private static bool Covers(FactorVersion version, DateOnly on) => version.ValidFrom <= on && (version.ValidTo is not { } end || on < end);

    /// <summary>The version of a series that covers the day, or the latest that began before it.</summary>
    private static FactorVersion? Serving(IEnumerable<FactorVersion> series, DateOnly on) =>
        series.Where(v => v.ValidFrom <= on).OrderByDescending(v => Covers(v, on)).ThenByDescending(v => v.ValidFrom)
            .ThenByDescending(v => v.Pack.Version, StringComparer.Ordinal).FirstOrDefault();

    private static void AddMark(List<MatchFlag> flags, FactorVersion version)
    {
        if (version.Mark != "V")
        {
            flags.Add(new MatchFlag(MatchFlag.Unverified, version.Id, version.Mark));
        }
    }

    /// <summary>The national factor a user may choose by naming it.</summary>
    private static string Offer(List<Considered> considered) =>
        considered.Where(c => c.Verdict == "larger_place").Select(c => c.Version.Id).FirstOrDefault()
        ?? considered.Select(c => c.Version.Id).FirstOrDefault() ?? "-";

    private static IReadOnlyList<Considered> Cut(List<Considered> considered) =>
        considered.Count <= MostConsidered ? considered : considered[..MostConsidered];

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
