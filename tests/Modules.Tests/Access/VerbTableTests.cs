using System.Collections;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Tanlu.Cli;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Architecture;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Access;

/// <summary>
/// Every public verb of every module that takes a <see cref="Caller"/>, called as every role, against the hand-written table. The arguments are dummies, because a verb
/// says who may not before it looks at what is asked.
/// </summary>
public sealed class VerbTableTests
{
    private const string Table = "tests/vectors/access/verbs.csv";

    private static readonly string[] Callers = [.. Enum.GetNames<Role>(), "subtree"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void EveryVerbStandsInTheTableAndNothingElseDoes()
    {
        var verbs = Verbs().Select(Name).Distinct().Order(StringComparer.Ordinal).ToList();
        var rows = Rows();
        Assert.True(verbs.Count > 40, "The search found too few verbs.");
        var missing = verbs.Where(v => !rows.ContainsKey(v)).Select(v => $"{v}{string.Concat(Callers.Select(_ => ",refused"))}").ToList();
        Assert.True(missing.Count == 0, $"{missing.Count} verbs are not in {Table}. Say in every cell whether that role may (allowed or refused), and add:\n\n{string.Join('\n', missing)}\n");
        Assert.True(rows.Keys.All(verbs.Contains), $"{Table} names verbs that are not there: {string.Join(", ", rows.Keys.Except(verbs))}.");
        Assert.All(rows, r => Assert.All(Callers, c => Assert.True(r.Value[c] is "allowed" or "refused", $"{Table} {r.Key} × {c}: neither allowed nor refused.")));
    }

    [Fact]
    public async Task EveryRoleMayExactlyWhatTheTableSays()
    {
        await using var modules = await ModuleSet.Open();
        var rows = Rows();
        var wrong = new List<string>();
        foreach (var verb in Verbs())
        {
            if (!rows.TryGetValue(Name(verb), out var row))
            {
                continue;
            }

            foreach (var who in Callers)
            {
                var caller = who == "subtree"
                    ? new Caller(modules.Tenant, 9999, who, Role.Administrator, modules.Path, Language.English)
                    : new Caller(modules.Tenant, 9999, who, Enum.Parse<Role>(who), Caller.WholeTenant, Language.English);
                var got = await modules.Permits(verb, caller) ? "allowed" : "refused";
                if (got != row[who])
                {
                    wrong.Add($"{Name(verb)} × {who}: the table says {row[who]}, the verb {got}");
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} answers differ from {Table}:\n{string.Join('\n', wrong)}");
    }

    private static Dictionary<string, DataRow> Rows() => DataRows.Parse(File.ReadAllBytes(Repository.PathOf(Table))).ToDictionary(r => r["verb"]);

    internal static string Name(MethodInfo verb) => $"{verb.DeclaringType!.Name}.{verb.Name}";

    /// <summary>Public verbs of the module assemblies. What runs inside another verb's transaction takes a <see cref="Tx"/> and is none.</summary>
    internal static IEnumerable<MethodInfo> Verbs() =>
        from file in Directory.GetFiles(AppContext.BaseDirectory, "Tanlu.*.dll")
        let name = Path.GetFileNameWithoutExtension(file)
        where !name.EndsWith("Tests", StringComparison.Ordinal)
        from type in Assembly.Load(name).GetExportedTypes()
        where type is { IsClass: true, IsAbstract: false }
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        let parameters = method.GetParameters()
        where parameters.Any(p => p.ParameterType == typeof(Caller)) && parameters.All(p => p.ParameterType != typeof(Tx)) && !method.Name.StartsWith("Equals", StringComparison.Ordinal)
            && method.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is null
        select method;

    /// <summary>The modules over a fresh book, each made with what its constructor asks for.</summary>
    private sealed class ModuleSet : IAsyncDisposable
    {
        private readonly TestStore _store;
        private readonly Dictionary<Type, object> _known = [];

        private ModuleSet(TestStore store)
        {
            _store = store;
            _known[typeof(Db)] = store.Db;
            _known[typeof(Blobs)] = store.Blobs;
            _known[typeof(TimeProvider)] = store.Clock;
            _known[typeof(StorageSettings)] = store.Settings;
            _known[typeof(OrganisationSettings)] = OrganisationSettings.Default with { PasswordIterations = 1000 };
        }

        public long Tenant { get; private set; }

        public string Path { get; private set; } = "";

        public static async Task<ModuleSet> Open()
        {
            var modules = new ModuleSet(await TestStore.Open(Dialect.Sqlite, LocalBook.Migrations));
            modules.Tenant = (await ((Tenants)modules.Make(typeof(Tenants))).Add("A", "甲", Ct)).Value.Id;
            var tree = (OrganisationTree)modules.Make(typeof(OrganisationTree));
            modules.Path = (await tree.Add(Caller.System(modules.Tenant), new NewNode(null, NodeKind.Company, "C", "C", "丙"), Ct)).Value.Path;
            return modules;
        }

        /// <summary>Whether the verb lets the caller past its question of rights.</summary>
        public async Task<bool> Permits(MethodInfo verb, Caller caller)
        {
            var arguments = verb.GetParameters().Select(p => p.ParameterType == typeof(Caller) ? caller : Dummy(p.ParameterType)).ToArray();
            object? result;
            try
            {
                result = verb.Invoke(Make(verb.DeclaringType!), arguments);
            }
            catch (TargetInvocationException e)
            {
                ExceptionDispatchInfo.Throw(e.InnerException!);
                throw;
            }

            if (result is Task task)
            {
                await task;
                result = task.GetType().GetProperty("Result")?.GetValue(task);
            }

            return result?.GetType().GetProperty("Problems")?.GetValue(result) is not IReadOnlyList<Problem> problems || problems.All(p => p.Code != "not_permitted");
        }

        public ValueTask DisposeAsync() => _store.DisposeAsync();

        private object Make(Type type)
        {
            if (!_known.TryGetValue(type, out var made))
            {
                var constructor = type.GetConstructors().Single();
                _known[type] = made = constructor.Invoke([.. constructor.GetParameters().Select(p => Part(p.ParameterType))]);
            }

            return made;
        }

        private object? Part(Type type) =>
            _known.TryGetValue(type, out var known) ? known : type.Namespace?.StartsWith("Tanlu", StringComparison.Ordinal) == true ? Make(type) : Dummy(type);

        private static object? Dummy(Type type) =>
            type == typeof(string) ? "x"
            : type == typeof(Stream) ? new MemoryStream()
            : type == typeof(CancellationToken) ? Ct
            : Nullable.GetUnderlyingType(type) is not null ? null
            : type.IsValueType ? Activator.CreateInstance(type)
            : type.IsArray ? Array.CreateInstance(type.GetElementType()!, 0)
            : type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments() is [var item] ? Array.CreateInstance(item, 0)
            : type.IsGenericType && type.GetGenericArguments() is [var key, var value] && type.Name.Contains("Dictionary", StringComparison.Ordinal)
                ? Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(key, value))
            : type.IsInterface || type.IsAbstract || typeof(Delegate).IsAssignableFrom(type) ? null
            : type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First() is var constructor
                ? constructor.Invoke([.. constructor.GetParameters().Select(p => Dummy(p.ParameterType))])
                : null;
    }
}
