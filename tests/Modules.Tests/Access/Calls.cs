using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Tanlu.Modules.Tests.Access;

/// <summary>
/// What a method comes to call, read from the compiled code of this product's assemblies: through state machines of async methods, lambdas and local functions, to whatever
/// stands behind them. It sees more than can happen in one run, never less.
/// </summary>
internal sealed class Calls
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields().Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => c.Value);

    private readonly HashSet<MethodBase> _reached = [];
    private readonly HashSet<string> _texts = [];

    private Calls()
    {
    }

    /// <summary>Every method that is reached, those of other products included.</summary>
    public IReadOnlySet<MethodBase> Reached => _reached;

    /// <summary>Every constant text in the code that is reached.</summary>
    public IReadOnlySet<string> Texts => _texts;

    /// <param name="stop">Methods into which the walk does not go.</param>
    public static Calls From(MethodBase start, Func<MethodBase, bool> stop)
    {
        var calls = new Calls();
        var open = new Stack<MethodBase>([start]);
        while (open.TryPop(out var method))
        {
            var ours = Definition(method);
            if (!calls._reached.Add(ours) || ours.Module.Assembly.GetName().Name?.StartsWith("Tanlu.", StringComparison.Ordinal) != true || stop(ours))
            {
                continue;
            }

            if (ours.GetCustomAttribute<AsyncStateMachineAttribute>() is { } machine)
            {
                open.Push(machine.StateMachineType.GetMethod("MoveNext", BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Instance)!);
            }

            foreach (var called in calls.Within(ours))
            {
                open.Push(called);
            }
        }

        return calls;
    }

    // A method of a generic type or a closed generic method is the same code as its definition.
    private static MethodBase Definition(MethodBase method)
    {
        method = method is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : method;
        return method.DeclaringType is { IsConstructedGenericType: true } type ? method.Module.ResolveMethod(method.MetadataToken) ?? method : method;
    }

    private List<MethodBase> Within(MethodBase method)
    {
        var called = new List<MethodBase>();
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var ofType = method.DeclaringType?.GetGenericArguments();
        var ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at < code.Length;)
        {
            var op = code[at] == 0xFE ? Codes[(short)(0xFE00 | code[at + 1])] : Codes[code[at]];
            at += op.Size;
            if (op.OperandType is OperandType.InlineMethod or OperandType.InlineTok && Resolved(method.Module, BitConverter.ToInt32(code, at), ofType, ofMethod) is { } target)
            {
                called.Add(target);
            }
            else if (op.OperandType == OperandType.InlineString)
            {
                _texts.Add(method.Module.ResolveString(BitConverter.ToInt32(code, at)));
            }

            at += op.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }

        return called;
    }

    private static MethodBase? Resolved(Module module, int token, Type[]? ofType, Type[]? ofMethod) =>
        module.ResolveMember(token, ofType, ofMethod) as MethodBase;
}
