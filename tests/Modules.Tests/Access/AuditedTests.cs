using Tanlu.Kernel;
using Tanlu.Modules.Tests.Architecture;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Access;

/// <summary>
/// Every verb that can write leaves a row in the audit log. Which verbs those are is read from the compiled code: whatever comes to <see cref="Db.Write(Action{Tx},
/// CancellationToken)"/> must come to <see cref="Audit.Write"/> too, with the word that the hand-written table gives, or stand there with the reason why not.
/// </summary>
public sealed class AuditedTests
{
    private const string Table = "tests/vectors/access/audited.csv";

    // A use that is noted beside a request (last seen, last used) is no act.
    private static readonly string[] Beside = ["Note"];

    [Fact]
    public void EveryWritingVerbLeavesTheRowThatTheTableNames()
    {
        var rows = DataRows.Parse(File.ReadAllBytes(Repository.PathOf(Table))).ToList();
        var writing = VerbTableTests.Verbs().Concat(Unasked())
            .Select(v => (Name: VerbTableTests.Name(v), Calls: Calls.From(v, m => m.DeclaringType == typeof(Db) || m.DeclaringType == typeof(Audit) && m.Name == nameof(Audit.Write) || Beside.Contains(m.Name))))
            .Where(v => v.Calls.Reached.Any(m => m.DeclaringType == typeof(Db) && m.Name == "Write"))
            .ToList();
        Assert.True(writing.Count > 25, "The search found too few writing verbs.");
        var wrong = new List<string>();
        foreach (var verb in writing.GroupBy(v => v.Name))
        {
            var row = rows.Find(r => r["verb"] == verb.Key);
            if (row is null)
            {
                wrong.Add($"{verb.Key} writes and is not in the table. It can leave: {string.Join(' ', Words(verb.SelectMany(v => v.Calls.Texts)))}");
                continue;
            }

            if (row["rows"].Length == 0 && row["why"].Length == 0)
            {
                wrong.Add($"{verb.Key}: neither a row nor a reason.");
            }

            if (row["rows"].Length > 0 && !verb.All(v => v.Calls.Reached.Any(m => m.DeclaringType == typeof(Audit) && m.Name == nameof(Audit.Write))))
            {
                wrong.Add($"{verb.Key} writes to the book and never comes to the audit log.");
            }

            wrong.AddRange(
                from word in row["rows"].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                where !verb.Any(v => v.Calls.Texts.Contains(word))
                select $"{verb.Key}: the code never names {word}. It names: {string.Join(' ', Words(verb.SelectMany(v => v.Calls.Texts)))}");
        }

        wrong.AddRange(rows.Where(r => writing.All(v => v.Name != r["verb"])).Select(r => $"{r["verb"]} stands in the table and writes nothing (any more)."));
        Rule.Holds(wrong, $"Have the verb write a row in the transaction of its change, and give its word in {Table}.");
    }

    [Fact]
    public void EveryRowHasItsWordsInBothLanguages()
    {
        var words = DataRows.Parse(File.ReadAllBytes(Repository.PathOf(Table))).SelectMany(r => r["rows"].Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct();
        Rule.Holds(words.Where(w => !Texts.Has("audit." + w)).Select(w => "audit." + w), "Add the row to data/i18n; and a sentence as audit.say. beside it where the details say more.");
    }

    [Fact]
    public void ASentenceIsFilledFromTheDetails()
    {
        AuditEntry Row(string verb, string detail) => new(1, 7, DateTimeOffset.UnixEpoch, 2, "Li Na", verb, "node/4", detail, []);
        Assert.Equal("将 S1 由 华南 移至 整个组织", AuditSentence.Of(Row("node.move", """{"code":"S1","before":"/1/4/","after":"/"}"""), Language.Chinese, id => id == 4 ? "华南" : null));
        Assert.Equal("Moved S1 from /1/4/ to the whole organisation", AuditSentence.Of(Row("node.move", """{"code":"S1","before":"/1/4/","after":"/"}"""), Language.English, _ => null));
        Assert.Equal("Renamed S1 from “Old” to “New”", AuditSentence.Of(Row("node.rename", """{"code":"S1","before_en":"Old","before_zh":"旧","after_en":"New","after_zh":"新"}"""), Language.English, _ => null));
        Assert.Equal("将 S1 的名称由“旧”改为“New”", AuditSentence.Of(Row("node.rename", """{"code":"S1","before_en":"Old","before_zh":"旧","after_en":"New","after_zh":""}"""), Language.Chinese, _ => null));
        Assert.Equal("Added Li ({email} of nobody) as Data steward, for the whole organisation", AuditSentence.Of(Row("person.add", """{"name":"Li","email":"{email} of nobody","role":"DataSteward","path":"/"}"""), Language.English, _ => null));
        Assert.Equal("never.known", AuditSentence.Of(Row("never.known", "{}"), Language.English, _ => null));
    }

    /// <summary>What is done without a caller, because there is none yet: sign-in, and the first start.</summary>
    private static IEnumerable<System.Reflection.MethodInfo> Unasked() =>
        new[] { typeof(Sessions), typeof(Passkeys), typeof(ApiTokens), typeof(Tenants), typeof(Invitations), typeof(FirstStart) }.SelectMany(t => t.GetMethods())
            .Where(m => m.DeclaringType?.Assembly == typeof(Audit).Assembly && m.ReturnType.IsGenericType && m.GetParameters().All(p => p.ParameterType != typeof(Caller)))
            .Append(typeof(Sessions).GetMethod(nameof(Sessions.SignOut))!);

    private static IEnumerable<string> Words(IEnumerable<string> texts) => texts.Where(t => Texts.Has("audit." + t)).Distinct().Order(StringComparer.Ordinal);
}
