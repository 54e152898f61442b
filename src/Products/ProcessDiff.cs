using System.Collections;
using System.Globalization;
using System.Reflection;
using Tanlu.Exchange;

namespace Tanlu.Products;

public enum DiffKind
{
    Added,
    Removed,
    Changed,
}

/// <summary>A field with what stood in it before and after, as text; empty where nothing stood.</summary>
/// <param name="Name">As in the canonical text: <c>amount</c>, <c>location</c>, <c>documentation.owner</c>.</param>
public sealed record FieldChange(string Name, string Before, string After);

/// <summary>An exchange that one of the two has and the other has not, or has differently.</summary>
/// <param name="Number">Its number in the later one; of a removed exchange in the earlier one.</param>
/// <param name="Ratio">Amount after ÷ amount before; null where that says nothing.</param>
public sealed record ExchangeChange(DiffKind Kind, int Number, string FlowId, string Flow, ProcessExchange? Before, ProcessExchange? After, IReadOnlyList<FieldChange> Fields, double? Ratio);

/// <summary>A parameter or an allocation share that differs.</summary>
public sealed record NamedChange(DiffKind Kind, string Name, IReadOnlyList<FieldChange> Fields);

/// <summary>What is different between two states of a process, or between a process and its copy.</summary>
public sealed record ProcessDiff(
    IReadOnlyList<FieldChange> Fields, IReadOnlyList<ExchangeChange> Exchanges, IReadOnlyList<NamedChange> Parameters, IReadOnlyList<NamedChange> Allocation, IReadOnlyList<NamedChange> Declared)
{
    private static readonly HashSet<string> Lists = ["Id", "Allocation", "Parameters", "Exchanges", "Declared", "Documentation"];

    public bool Same => Fields.Count + Exchanges.Count + Parameters.Count + Allocation.Count + Declared.Count == 0;

    /// <param name="flow">Name of the flow with this id.</param>
    public static ProcessDiff Of(ProcessDataset before, ProcessDataset after, Func<string, string> flow) => new(
        [
            .. FieldsOf(before, after, "", p => !Lists.Contains(p)), .. FieldsOf(before.Documentation, after.Documentation, "documentation.", _ => true),
        ],
        ExchangesOf(before, after, flow),
        Named(before.Parameters, after.Parameters, p => p.Name),
        Named(before.Allocation, after.Allocation, a => $"{a.Rule} {flow(a.ProductFlowId)}{(a.Exchange is { } exchange ? $" #{exchange.ToString(CultureInfo.InvariantCulture)}" : "")}"),
        Named(before.Declared, after.Declared, d => string.Join(' ', ((string[])[d.Indicator, d.Module, d.Scenario]).Where(t => t.Length > 0))));

    private static List<ExchangeChange> ExchangesOf(ProcessDataset before, ProcessDataset after, Func<string, string> flow)
    {
        // The number names an exchange; after a copy from elsewhere, or where it was numbered anew, flow and direction do.
        var left = before.Exchanges.ToList();
        var changes = new List<ExchangeChange>();
        var unmatched = new List<ProcessExchange>();
        foreach (var exchange in after.Exchanges)
        {
            if (left.Find(e => e.Number == exchange.Number && Alike(e, exchange)) is { } same)
            {
                Match(same, exchange);
            }
            else
            {
                unmatched.Add(exchange);
            }
        }

        foreach (var exchange in unmatched)
        {
            if (left.Find(e => Alike(e, exchange)) is { } same)
            {
                Match(same, exchange);
            }
            else
            {
                changes.Add(new ExchangeChange(DiffKind.Added, exchange.Number, exchange.FlowId, flow(exchange.FlowId), null, exchange, [], null));
            }
        }

        changes.AddRange(left.Select(e => new ExchangeChange(DiffKind.Removed, e.Number, e.FlowId, flow(e.FlowId), e, null, [], null)));
        return [.. changes.OrderBy(c => c.Kind == DiffKind.Changed ? 0 : 1).ThenBy(c => c.Number)];

        void Match(ProcessExchange one, ProcessExchange other)
        {
            left.Remove(one);
            var fields = FieldsOf(one, other, "", p => p != "Number");
            if (fields.Count > 0)
            {
                var ratio = one.Amount != 0 && one.Unit == other.Unit && one.Amount != other.Amount ? other.Amount / one.Amount : (double?)null;
                changes.Add(new ExchangeChange(DiffKind.Changed, other.Number, other.FlowId, flow(other.FlowId), one, other, fields, ratio));
            }
        }
    }

    private static bool Alike(ProcessExchange one, ProcessExchange other) => one.FlowId == other.FlowId && one.Input == other.Input;

    private static List<NamedChange> Named<T>(IReadOnlyList<T> before, IReadOnlyList<T> after, Func<T, string> name)
        where T : class
    {
        var left = before.ToList();
        var changes = new List<NamedChange>();
        foreach (var one in after)
        {
            var same = left.Find(o => name(o) == name(one));
            if (same is null)
            {
                changes.Add(new NamedChange(DiffKind.Added, name(one), FieldsOf(null, one, "", _ => true)));
                continue;
            }

            left.Remove(same);
            if (FieldsOf(same, one, "", _ => true) is { Count: > 0 } fields)
            {
                changes.Add(new NamedChange(DiffKind.Changed, name(one), fields));
            }
        }

        changes.AddRange(left.Select(o => new NamedChange(DiffKind.Removed, name(o), FieldsOf(o, null, "", _ => true))));
        return changes;
    }

    private static List<FieldChange> FieldsOf<T>(T? before, T? after, string prefix, Func<string, bool> wanted)
        where T : class =>
    [
        .. from member in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
           where member.SetMethod is not null && wanted(member.Name)
           let texts = (Before: Text(before is null ? null : member.GetValue(before)), After: Text(after is null ? null : member.GetValue(after)))
           where texts.Before != texts.After
           select new FieldChange(prefix + System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name), texts.Before, texts.After),
    ];

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        false => "",
        Numerics.Distribution { Kind: Numerics.DistributionKind.None } => "",
        Numerics.Distribution d => $"{d.Kind} {Text(d.First)}; {Text(d.Second)}{(d.Kind == Numerics.DistributionKind.Triangular ? $"; {Text(d.Third)}" : "")}",
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => string.Join("\n", list.Cast<object>().Select(Text)),
        _ => value.ToString() ?? "",
    };
}
