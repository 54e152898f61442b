using System.Collections;
using System.Reflection;
using System.Text;
using Tanlu.Exchange;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

/// <summary>The canonical text: nothing is lost, and what it looks like is fixed.</summary>
public sealed class DatasetJsonTests
{
    [Theory]
    [InlineData(typeof(ProcessDataset))]
    [InlineData(typeof(FlowDataset))]
    [InlineData(typeof(MethodDataset))]
    [InlineData(typeof(SystemDataset))]
    [InlineData(typeof(StoredResult))]
    [InlineData(typeof(UnitGroupDataset))]
    [InlineData(typeof(FlowMapping))]
    [InlineData(typeof(ParameterDataset))]
    public void EveryMemberComesBack(Type type)
    {
        // Every member of every record is given a value that is not its default: one that the text forgets comes back different.
        var seed = 0;
        var filled = Filled(type, ref seed)!;
        var text = (byte[])typeof(DatasetJson).GetMethod(nameof(DatasetJson.Text))!.MakeGenericMethod(type).Invoke(null, [filled])!;
        foreach (var document in new[] { DatasetJson.Pack(text), (byte[])[0, .. text] })
        {
            var read = typeof(DatasetJson).GetMethod(nameof(DatasetJson.Open))!.MakeGenericMethod(type).Invoke(null, [document])!;
            Assert.Equivalent(filled, read, strict: true);
            Assert.Equal(text, DatasetJson.Unpack(document));
        }
    }

    [Fact]
    public void DefaultsLeaveNoTrace()
    {
        var process = new ProcessDataset { Id = "a", Name = "", Exchanges = [new ProcessExchange { Number = 7, FlowId = "f", Unit = "kg", Amount = 0.1 }] };
        Assert.Equal("""{"id":"a","name":"","exchanges":[{"number":7,"flow_id":"f","amount":0.1,"unit":"kg"}]}""", Encoding.UTF8.GetString(DatasetJson.Text(process)));
        Assert.Equivalent(process, DatasetJson.Read<ProcessDataset>(DatasetJson.Text(process)), strict: true);
        Assert.Equal(1, DatasetJson.Read<SystemDataset>(DatasetJson.Text(new SystemDataset { Id = "s", Name = "n", ReferenceProcessId = "p", ReferenceFlowId = "f" })).Amount);
        Assert.Equal(0, DatasetJson.Read<SystemDataset>(DatasetJson.Text(new SystemDataset { Id = "s", Name = "n", ReferenceProcessId = "p", ReferenceFlowId = "f", Amount = 0 })).Amount);
    }

    private static object? Filled(Type type, ref int seed)
    {
        seed++;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return $"text “{seed}” 文字";
        }

        if (type == typeof(bool))
        {
            return true;
        }

        if (type == typeof(DateOnly))
        {
            return new DateOnly(2001, 1, 1).AddDays(seed);
        }

        if (type.IsEnum)
        {
            return Enum.GetValues(type).GetValue(1 + (seed % (Enum.GetValues(type).Length - 1)));
        }

        if (type.IsPrimitive)
        {
            return Convert.ChangeType(type == typeof(double) ? 1 / (seed + 2.0) : seed, type, System.Globalization.CultureInfo.InvariantCulture);
        }

        if (typeof(IEnumerable).IsAssignableFrom(type))
        {
            var item = type.GetGenericArguments().Single();
            var list = Array.CreateInstance(item, 2);
            list.SetValue(Filled(item, ref seed), 0);
            list.SetValue(Filled(item, ref seed), 1);
            return list;
        }

        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First(c => c.GetParameters() is not [var only] || only.ParameterType != type);
        var arguments = new List<object?>();
        foreach (var parameter in constructor.GetParameters())
        {
            arguments.Add(Filled(parameter.ParameterType, ref seed));
        }

        var made = constructor.Invoke([.. arguments]);
        foreach (var member in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is not null && arguments.Count == 0))
        {
            member.SetValue(made, Filled(member.PropertyType, ref seed));
        }

        return made;
    }
}
