using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>The packs that a library holds, as calculations pin them.</summary>
internal sealed record FactorSet(IReadOnlyList<PackPin> Pins, byte[] Hash)
{
    public string Json => JsonSerializer.Serialize(Pins.Select(p => new[] { p.Code, p.Hash }));

    public static FactorSet Of(FactorLibrary library)
    {
        IReadOnlyList<PackPin> pins = [.. library.Packs.Select(p => new PackPin(p.Code, p.Hash))];
        return new FactorSet(pins, SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', pins.Select(p => p.Code + " " + p.Hash)))));
    }

    public static IReadOnlyList<PackPin> Parse(string json) => [.. JsonSerializer.Deserialize<string[][]>(json)!.Select(p => new PackPin(p[0], p[1]))];
}

/// <summary>What a posting pins of its calculation: the whole request, the packs it could look in, the factors it took, and the program that did it.</summary>
/// <param name="Factors">Ids of the versions taken, main first, separated by <c>|</c>; for listing, the explanation finds them again.</param>
internal sealed record CalculationPin(
    string Activity, string Unit, string Region, DateOnly On, int Days, string Factor, int Scope, int Category3, string Measured, string Factors, string CodeVersion)
{
    /// <summary>
    /// The version of the calculating code with the commit it was built from; a figure is explained by the code that stands here or not at all.
    /// </summary>
    public static readonly string ThisCode = CodeOf(typeof(Calculator).Assembly);

    public static CalculationPin Of(Calculation calculation)
    {
        var r = calculation.Request;
        return new CalculationPin(
            r.Activity, r.Unit.Code, r.Region.Code, r.On, r.Days, r.Factor, r.Scope, r.Category3, Write(r.Measured), string.Join('|', calculation.FactorIds), ThisCode);
    }

    public CalculationRequest Request => new(Activity, Units.Get(Unit), Regions.Get(Region), On, Factor, Scope, Category3, Read(Measured), Days);

    /// <summary>SHA-256 over the pin's texts, each behind its length, and the factor set's hash; the row leaves of the journal carry its first half.</summary>
    public byte[] Hash(byte[] factorSet)
    {
        using var bytes = new MemoryStream(256);
        Span<byte> length = stackalloc byte[4];
        string[] texts =
        [
            Activity, Unit, Region, On.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Number(Days), Factor, Number(Scope), Number(Category3), Measured, Factors, CodeVersion,
        ];
        foreach (var text in texts)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32BigEndian(length, utf8.Length);
            bytes.Write(length);
            bytes.Write(utf8);
        }

        bytes.Write(factorSet);
        return SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static string CodeOf(Assembly code)
    {
        var version = code.GetName().Version!.ToString(3);
        var commit = code.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, { Length: > 0 } hash] ? hash : "";
        return commit.Length == 0 ? version : $"{version}+{commit[..Math.Min(12, commit.Length)]}";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Write(Measured measured)
    {
        if (measured == NothingMeasured)
        {
            return "";
        }

        var parts = new SortedDictionary<string, object>(StringComparer.Ordinal);
        Add("ncv", measured.NetCalorificValue);
        Add("carbon_content", measured.CarbonContent);
        Add("density", measured.Density);
        AddNumber("oxidation", measured.Oxidation);
        AddNumber("leak_rate", measured.LeakRate);
        AddNumber("stock_start", measured.StockStart);
        AddNumber("stock_end", measured.StockEnd);
        return JsonSerializer.Serialize(parts);

        void Add(string name, MeasuredValue? value)
        {
            if (value is { } given)
            {
                parts[name] = new object[] { given.Value, given.Unit.Code };
            }
        }

        void AddNumber(string name, double? value)
        {
            if (value is { } given)
            {
                parts[name] = given;
            }
        }
    }

    private static readonly Measured NothingMeasured = Tanlu.Factors.Methods.Measured.Nothing;

    private static Measured Read(string json)
    {
        if (json.Length == 0)
        {
            return NothingMeasured;
        }

        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new Measured
        {
            NetCalorificValue = Value("ncv"),
            CarbonContent = Value("carbon_content"),
            Density = Value("density"),
            Oxidation = Plain("oxidation"),
            LeakRate = Plain("leak_rate"),
            StockStart = Plain("stock_start"),
            StockEnd = Plain("stock_end"),
        };

        MeasuredValue? Value(string name) =>
            root.TryGetProperty(name, out var pair) ? new MeasuredValue(pair[0].GetDouble(), Units.Get(pair[1].GetString()!)) : null;

        double? Plain(string name) => root.TryGetProperty(name, out var number) ? number.GetDouble() : null;
    }
}
