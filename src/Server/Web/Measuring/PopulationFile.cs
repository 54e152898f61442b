using System.Globalization;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Server.Web.Parts;
using Tanlu.Tables;

namespace Tanlu.Server.Web.Measuring;

/// <summary>
/// The population of a figure as a workbook: one row per posting and gas with quantity, unit, factor version, evidence and live formulas, whose sum is the figure to the last digit.
/// A spreadsheet keeps fifteen digits, so every whole number stands in two: millions and rest.
/// </summary>
internal static class PopulationFile
{
    private const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    private const long Million = 1_000_000;
    private const int MostPostings = 400_000;
    private const int MostRows = 1_048_000;
    private const int MostTries = 4;

    public static async Task<IResult> Answer(Ui ui, Statements statements, Populations populations)
    {
        var cut = FigureCut.Parse(ui.Query);
        for (var left = MostTries; ; left--)
        {
            var built = await statements.Build(ui.Caller, ui.Scope.Statement(), ui.Gone);
            if (!built.Ok)
            {
                return FigureFiles.Refusal(built.Problems);
            }

            var counted = await statements.DrillDownSums(ui.Caller, ui.Scope.Statement(), cut.Drill, null, ui.Gone);
            if (!counted.Ok || counted.Value.Sum(s => s.Count) > MostPostings)
            {
                return counted.Ok ? TypedResults.Text(ui.T("population.too_large", MostPostings), statusCode: StatusCodes.Status422UnprocessableEntity) : FigureFiles.Refusal(counted.Problems);
            }

            var content = PackageTemporaryFile();
            try
            {
                var sheet = new PopulationSheet(ui, cut, built.Value);
                var (sum, problems) = await sheet.Write(populations, content);
                if (problems.Count > 0)
                {
                    await content.DisposeAsync();
                    return FigureFiles.Refusal(problems);
                }

                // A batch that was sealed while the rows were read: the figure is read again with it.
                if (sum == sheet.Figure.Parts || left == 0)
                {
                    content.Position = 0;
                    return TypedResults.Stream(content, Xlsx, string.Create(CultureInfo.InvariantCulture, $"population-{ui.Scope.From}-{ui.Scope.To}.xlsx"));
                }

                await content.DisposeAsync();
            }
            catch
            {
                await content.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>What a posting brings to a figure, gas by gas: the mass in the book, what it is multiplied with, and the coefficient it comes from.</summary>
    public static IEnumerable<PopulationPart> Parts(PopulationLine line, FigureCut cut, GwpSet gwp)
    {
        var (a, key) = (line.Posting.Amounts, line.Posting.Key);
        if (cut.Of is Measure.Energy or Measure.Biogenic)
        {
            var part = cut.Of == Measure.Energy
                ? new PopulationPart("", a.EnergyWh, 1, line.EnergyWh, 1)
                : new PopulationPart(Gases.Co2Biogenic.Formula, a.Co2Biogenic, 1, Coefficient(Gases.Co2Biogenic.Id), Million);
            return part.Mass == 0 ? [] : [part];
        }

        (short Gas, long Mass)[] named =
        [
            (Gases.Co2.Id, a.Co2), (Gases.Ch4Fossil.Id, a.Ch4Fossil), (Gases.Ch4NonFossil.Id, a.Ch4NonFossil), (Gases.Ch4.Id, a.Ch4), (Gases.N2O.Id, a.N2O),
            (key.OtherGas, a.Other),
        ];
        var kyoto = cut.Of == Measure.Co2e;
        var parts = named.Where(n => n.Mass != 0 && (Gases.Get(n.Gas).Regime == GasRegime.Kyoto) == kyoto && (kyoto || n.Gas == key.OtherGas) && (cut.Gas is { } gas ? n.Gas == gas : cut.Fixed is null))
            .Select(n => new PopulationPart(Gases.Get(n.Gas).Formula, n.Mass, n.Gas == Gases.Co2.Id ? Gwp.Scale : Gwp.Scaled(gwp, n.Gas), Coefficient(n.Gas), Million));
        return kyoto && a.Co2eFixed != 0 && cut.Gas is null ? parts.Append(new PopulationPart("CO2e " + Gwp.Code(key.FixedGwp), a.Co2eFixed, Gwp.Scale, line.Line?.Co2eKgPerUnit, Million)) : parts;

        double? Coefficient(short gas) => line.Line?.Gases.Where(g => g.Gas.Id == gas).Sum(g => g.KgPerUnit);
    }

    /// <summary>A mass cut into pieces whose product with the factor a spreadsheet still holds exactly.</summary>
    public static IEnumerable<long> Pieces(long mass, long scaled)
    {
        var most = (Int128)8_000_000_000_000_000 / Math.Max(1, scaled) * Million;
        for (Int128 left = mass; left != 0;)
        {
            var piece = Int128.Clamp(left, -most, most);
            yield return (long)piece;
            left -= piece;
        }
    }

    private static FileStream PackageTemporaryFile() => new(
        Path.Combine(Path.GetTempPath(), "tanlu-" + Guid.NewGuid().ToString("N")),
        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });

    /// <summary>The rows and the sums of one workbook.</summary>
    private sealed class PopulationSheet(Ui ui, FigureCut cut, BoundaryStatement of)
    {
        private readonly FigureNames _names = new(ui, of.Header);

        public ExactAmount Figure { get; } = cut.AmountOf(of.Statement);

        public async Task<(Int128 Sum, IReadOnlyList<Problem> Problems)> Write(Populations populations, Stream to)
        {
            using var sheet = new XlsxTableWriter(to, ui.T("population.sheet"));
            sheet.Row([.. PopulationColumns.Keys.Select(k => ui.T("population." + k))]);
            var (hi, lo) = (0L, 0L);
            var query = ui.Scope.Statement();
            (ActivityId, int)? after = null;
            do
            {
                var page = await populations.Page(ui.Caller, query, cut.Drill, after, ui.Gone);
                if (!page.Ok)
                {
                    return (0, page.Problems);
                }

                foreach (var line in page.Value.Lines)
                {
                    foreach (var part in Parts(line, cut, of.Statement.Gwp))
                    {
                        foreach (var piece in Pieces(part.Mass, part.Scaled))
                        {
                            if (sheet.RowNumber > MostRows)
                            {
                                return (0, [new Problem("population_too_large", Found: ui.T("population.rows", MostRows))]);
                            }

                            var contribution = Row(sheet, line, part, piece);
                            hi += contribution.Hi;
                            lo += contribution.Lo;
                        }
                    }
                }

                after = page.Value.Next;
            }
            while (after is not null);
            Sums(sheet, hi, lo);
            return (((Int128)hi * Million) + lo, []);
        }

        private (long Hi, long Lo) Row(XlsxTableWriter sheet, PopulationLine line, PopulationPart part, long piece)
        {
            var (p, activity, row) = (line.Posting, line.Of, sheet.RowNumber);
            sheet.Text($"{p.Id}/{p.Line.ToString(CultureInfo.InvariantCulture)}");
            sheet.Text(_names.Site(p.Site));
            sheet.Text(_names.Source(p.Source));
            sheet.Text(ActivityNames.Of(ui, activity.Code));
            sheet.Date(activity.Period.Start);
            sheet.Date(activity.Period.LastDay);
            sheet.Text(p.Month.ToString());
            sheet.Text(FigureNames.Account(ui, p.Key.Account.Number));
            sheet.Number(activity.Quantity);
            sheet.Text(activity.Unit);
            Optional(sheet, line.Effective);
            sheet.Number((long)line.Sign);
            sheet.Text(line.Line?.Factor?.Id);
            sheet.Text(activity.Evidence);
            sheet.Text(part.Gas);
            Optional(sheet, part.Coefficient);
            sheet.Number(line.UpToBefore);
            sheet.Number(line.UpTo);
            if (line.Effective is { } effective && part.Coefficient is { } coefficient)
            {
                var scale = PackedNumber(part.CoefficientScale);
                sheet.Formula(
                    $"L{row}*(ROUND(K{row}*R{row}*P{row}*{scale},0)-ROUND(K{row}*Q{row}*P{row}*{scale},0))",
                    line.Sign * (Math.Round(effective * line.UpTo * coefficient * part.CoefficientScale) - Math.Round(effective * line.UpToBefore * coefficient * part.CoefficientScale)));
            }
            else
            {
                sheet.Blank();
            }

            var (millions, rest) = Split(piece);
            sheet.Number(millions);
            sheet.Number(rest);
            sheet.Number(part.Scaled);
            var carry = rest * part.Scaled / Million;
            var (hi, lo) = ((millions * part.Scaled) + carry, (rest * part.Scaled) - (carry * Million));
            sheet.Formula($"T{row}*V{row}+INT(U{row}*V{row}/1000000)", hi);
            sheet.Formula($"U{row}*V{row}-INT(U{row}*V{row}/1000000)*1000000", lo);
            sheet.EndRow();
            return (hi, lo);
        }

        /// <summary>Joins the two parts of the sum to the figure with all its digits, and says whether it is the one of the page.</summary>
        private void Sums(XlsxTableWriter sheet, long sumHi, long sumLo)
        {
            var last = sheet.RowNumber - 1;
            sheet.EndRow();
            var (hi, lo) = (sumHi + (sumLo / Million), sumLo % Million);
            var negative = hi < 0;
            var (absHi, absLo) = negative ? lo == 0 ? (-hi, 0) : (-hi - 1, Million - lo) : (hi, lo);
            var whole = (long)Math.Pow(10, Figure.Decimals - 6);
            var digits = new string('0', Figure.Decimals - 6);
            var at = sheet.RowNumber;
            Pair("population.sum", last < 2 ? "0" : $"SUM(W2:W{last})", sumHi, last < 2 ? "0" : $"SUM(X2:X{last})", sumLo);
            Pair("population.carried", $"B{at}+INT(C{at}/1000000)", hi, $"C{at}-INT(C{at}/1000000)*1000000", lo);
            Pair("population.absolute", $"IF(B{at + 1}<0,IF(C{at + 1}=0,-B{at + 1},-B{at + 1}-1),B{at + 1})", absHi, $"IF(B{at + 1}<0,IF(C{at + 1}=0,0,1000000-C{at + 1}),C{at + 1})", absLo);
            var exact = (negative ? "-" : "") + PackedNumber(absHi / whole) + "." + (digits.Length > 0 ? PackedNumber(absHi % whole).PadLeft(digits.Length, '0') : "") + PackedNumber(absLo).PadLeft(6, '0');
            var fraction = digits.Length > 0 ? $"&TEXT(B{at + 2}-INT(B{at + 2}/{PackedNumber(whole)})*{PackedNumber(whole)},\"{digits}\")" : "";
            Single("population.exact", $"IF(B{at + 1}<0,\"-\",\"\")&TEXT(INT(B{at + 2}/{PackedNumber(whole)}),\"0\")&\".\"{fraction}&TEXT(C{at + 2},\"000000\")", exact);
            sheet.Text(ui.T("population.figure"));
            sheet.Text(Figure.Padded);
            sheet.Text(Figure.Unit);
            sheet.EndRow();
            var same = exact == Figure.Padded;
            Single("population.check", $"IF(B{at + 3}=B{at + 4},\"{ui.T("population.same")}\",\"{ui.T("population.differs")}\")", ui.T(same ? "population.same" : "population.differs"));
            sheet.Text(ui.T("population.near"));
            sheet.Formula($"(B{at + 1}+C{at + 1}/1000000)/{PackedNumber(whole)}", Figure.Value);
            sheet.Text(Figure.Unit);
            sheet.EndRow();
            sheet.EndRow();
            sheet.Row(ui.T("basis.entity"), of.Header.EntityName(ui.Language));
            sheet.Row(ui.T("population.of"), string.Join(" · ", _names.Steps(cut).Select(s => s.Words)));
            sheet.Row(ui.T("scope.period"), ui.Period(ui.Scope.From, ui.Scope.To));
            sheet.Row(ui.T("scope.gwp"), Gwp.Code(of.Statement.Gwp));
            sheet.Row(ui.T("basis.book"), Convert.ToHexStringLower(of.Header.Book.Chain));

            void Pair(string words, string formulaHi, long valueHi, string formulaLo, long valueLo)
            {
                sheet.Text(ui.T(words));
                sheet.Formula(formulaHi, valueHi);
                sheet.Formula(formulaLo, valueLo);
                sheet.EndRow();
            }

            void Single(string words, string formula, string value)
            {
                sheet.Text(ui.T(words));
                sheet.Formula(formula, value);
                sheet.EndRow();
            }
        }

        private static void Optional(XlsxTableWriter sheet, double? number)
        {
            if (number is { } given)
            {
                sheet.Number(given);
            }
            else
            {
                sheet.Blank();
            }
        }

        private static (long Millions, long Left) Split(long value)
        {
            var millions = (long)Int128.DivRem((Int128)value - (((Int128)value % Million) + Million) % Million, Million).Quotient;
            return (millions, value - (millions * Million));
        }

        private static string PackedNumber(long value) => value.ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>What a posting brings to a figure of one gas.</summary>
/// <param name="Mass">mg, or Wh.</param>
/// <param name="Scaled">GWP × 1000; 1 where the figure is the mass or the energy itself.</param>
/// <param name="Coefficient">kg (Wh) per unit of quantity; null where it is not known.</param>
/// <param name="CoefficientScale">From the coefficient's unit to the mass's.</param>
internal sealed record PopulationPart(string Gas, long Mass, long Scaled, double? Coefficient, long CoefficientScale);

/// <summary>The columns of a population, A to X.</summary>
internal static class PopulationColumns
{
    public static readonly IReadOnlyList<string> Keys =
    [
        "place", "site", "source", "activity", "first", "last", "month", "account", "quantity", "unit", "effective", "sign", "factor", "evidence", "gas", "coefficient", "before", "up_to", "by_formula",
        "millions", "rest", "gwp", "contribution_millions", "contribution_rest",
    ];
}
