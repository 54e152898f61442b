using System.Text;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Modules.Tests.Organisation;

public sealed class PasswordAndNameTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void APasswordOpensItsOwnHashOnly()
    {
        var hash = PasswordHash.Make("correct horse 电池", OrganisationSettings.Default.PasswordIterations);
        Assert.StartsWith("pbkdf2-sha256$600000$", hash);
        Assert.True(PasswordHash.Verify("correct horse 电池", hash));
        Assert.False(PasswordHash.Verify("correct horse 电瓶", hash));
        Assert.NotEqual(PasswordHash.Make("correct horse 电池", 1000), PasswordHash.Make("correct horse 电池", 1000));
        Assert.False(PasswordHash.Outdated(hash, PasswordHash.Iterations));
        Assert.True(PasswordHash.Outdated(PasswordHash.Make("correct horse 电池", 1000), PasswordHash.Iterations));
        Assert.Throws<InvalidDataException>(() => PasswordHash.Verify("x", "md5$x"));
    }

    [Fact]
    public void TheHashMatchesAPublishedVector()
    {
        // RFC 7914 §11: PBKDF2-HMAC-SHA-256 of "Password", "NaCl", 80 000 iterations, the first 32 of 64 bytes.
        const string Stored = "pbkdf2-sha256$80000$TmFDbA==$";
        var expected = Convert.FromHexString("4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
        Assert.True(PasswordHash.Verify("Password", Stored + Convert.ToBase64String(expected)));
    }

    [Fact]
    public void TheHashForAnUnknownAddressCostsTheSame()
    {
        var unopenable = PasswordHash.Unopenable(PasswordHash.Iterations);
        Assert.Equal(PasswordHash.Make("x", PasswordHash.Iterations).Split('$')[..2], unopenable.Split('$')[..2]);
        Assert.False(PasswordHash.Outdated(unopenable, PasswordHash.Iterations));
        Assert.False(PasswordHash.Verify("", unopenable));
    }

    [Theory]
    [InlineData("12345678901", false)]
    [InlineData("123456789012", true)]
    [InlineData("一二三四五六七八九十甲乙", true)]
    [InlineData("\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00", false)]
    public void APasswordHasTwelveCharacters(string password, bool longEnough) => Assert.Equal(longEnough, PasswordHash.LongEnough(password));

    [Fact]
    public void TenFailuresInFifteenMinutesLock()
    {
        var gate = new Lockout([], SignInGate.PerAccount);
        for (var i = 0; i < 10; i++)
        {
            Assert.False(gate.Locked(Noon.AddMinutes(i)));
            gate = gate.With(Noon.AddMinutes(i));
        }

        Assert.True(gate.Locked(Noon.AddMinutes(14.9)));
        Assert.Equal(1, gate.MinutesLeft(Noon.AddMinutes(14.9)));
        Assert.Equal(6, gate.MinutesLeft(Noon.AddMinutes(9)));
        Assert.False(gate.Locked(Noon.AddMinutes(15)));
        Assert.Equal(0, gate.MinutesLeft(Noon.AddMinutes(15)));
        Assert.True(gate.With(Noon.AddMinutes(15)).Locked(Noon.AddMinutes(15)));
        Assert.Equal(gate.Failures, Lockout.Parse(gate.ToString(), 10).Failures);
        Assert.Empty(Lockout.Parse("", 10).Failures);
    }

    [Fact]
    public void SlowFailuresNeverLock()
    {
        var gate = new Lockout([], SignInGate.PerAccount);
        for (var i = 0; i < 100; i++)
        {
            gate = gate.With(Noon.AddMinutes(2 * i));
            Assert.False(gate.Locked(Noon.AddMinutes(2 * i)));
            Assert.True(gate.Failures.Count <= SignInGate.PerAccount);
        }
    }

    [Theory]
    [InlineData("invoice 2024.pdf", "invoice 2024.pdf")]
    [InlineData("电费 发票.pdf", "电费 发票.pdf")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\Users\\a\\b.xlsx", "b.xlsx")]
    [InlineData("..", "file")]
    [InlineData("", "file")]
    [InlineData(".htaccess", "htaccess")]
    [InlineData("a<b>:c?.csv", "a_b__c_.csv")]
    [InlineData("evil\u202Efdp.exe", "evilfdp.exe")]
    [InlineData("a\0b\nc.txt", "abc.txt")]
    public void AFileNameIsCleaned(string name, string clean) => Assert.Equal(clean, EvidenceName.Clean(name));

    [Fact]
    public void ALongFileNameKeepsItsExtension()
    {
        var clean = EvidenceName.Clean(string.Concat(Enumerable.Repeat("\ud83c\udfed", 100)) + ".pdf");
        Assert.EndsWith(".pdf", clean);
        Assert.True(clean.Length is > 110 and <= EvidenceName.Longest);
        Assert.True(PlainText.Fits(clean, EvidenceName.Longest));
        Assert.Equal("x.txt", EvidenceName.Clean("x\ud83d.txt"));
    }

    [Fact]
    public void TheContentDecidesTheMediaType()
    {
        Assert.Equal("application/pdf", EvidenceName.MediaType("%PDF-1.7 …"u8, "a.txt"));
        Assert.Equal("image/png", EvidenceName.MediaType([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], "a.pdf"));
        Assert.Equal("image/jpeg", EvidenceName.MediaType([0xFF, 0xD8, 0xFF, 0xE0], "a.html"));
        Assert.Equal("text/csv", EvidenceName.MediaType("site,qty\r\nSZ,1"u8, "a.CSV"));
        Assert.Equal("text/csv", EvidenceName.MediaType([0xB3, 0xA1, 0xCB, 0xF9, (byte)','], "gbk.csv"));
        Assert.Equal("text/plain", EvidenceName.MediaType("<script>"u8, "a.html"));
        Assert.Equal(EvidenceName.Unknown, EvidenceName.MediaType([0x4D, 0x5A, 0, 3], "a.pdf"));
        Assert.Equal(EvidenceName.Unknown, EvidenceName.MediaType([], "a.txt"));
        var package = Encoding.ASCII.GetBytes("PK\u0003\u0004................[Content_Types].xml");
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", EvidenceName.MediaType(package, "a.xlsx"));
        Assert.Equal(EvidenceName.Unknown, EvidenceName.MediaType(package, "a.docx"));
        Assert.Equal(EvidenceName.Unknown, EvidenceName.MediaType("PK\u0003\u0004something"u8, "a.xlsx"));
    }

    [Theory]
    [InlineData("li.na@example.com", "")]
    [InlineData(" Li.Na@example.com ", "")]
    [InlineData("李娜@公司.中国", "")]
    [InlineData("li.na", "email_invalid")]
    [InlineData("a@b@c", "email_invalid")]
    [InlineData("@b", "email_invalid")]
    [InlineData("a b@c", "email_invalid")]
    [InlineData("a\0@c", "email_invalid")]
    public void AnAddressIsChecked(string email, string code) =>
        Assert.Equal(code, string.Join(' ', new NewPerson(email, "Li Na", Role.Viewer, 0, Language.Chinese, "long enough pass").Problems().Select(p => p.Code)));

    [Fact]
    public void APersonIsChecked()
    {
        var good = new NewPerson("longaddress@example.com", "Li Na", Role.Viewer, 0, Language.Chinese, "long enough pass");
        Assert.Equal("person_name_invalid", Assert.Single((good with { Name = "" }).Problems()).Code);
        Assert.Equal("role_unknown", Assert.Single((good with { Role = (Role)99 }).Problems()).Code);
        Assert.Equal("password_too_short", Assert.Single((good with { Password = "short" }).Problems()).Code);
        Assert.Equal("password_is_email", Assert.Single((good with { Password = "LongAddress@example.com" }).Problems()).Code);
        Assert.DoesNotContain("long enough pass", good.ToString());
    }
}
