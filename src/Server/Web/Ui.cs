using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;
using Tanlu.Server.Identity;

namespace Tanlu.Server.Web;

/// <summary>What every page knows of its request: language and texts, scope, who is reading, and how links are written.</summary>
public sealed class Ui
{
    private readonly HttpContext _context;
    private readonly TimeProvider _time;
    private readonly WebFiles _files;
    private Scope? _scope;

    public Ui(IHttpContextAccessor accessor, TimeProvider time, WebFiles files)
    {
        _context = accessor.HttpContext ?? throw new InvalidOperationException("Pages are rendered inside a request.");
        _time = time;
        _files = files;
    }

    public Language Language => LanguageChoice.Of(_context);

    /// <summary><c>zh-CN</c> or <c>en</c>.</summary>
    public string Tag => Texts.Tag(Language);

    public Scope Scope => _scope ??= Scope.Parse(Query, Today);

    public DateOnly Today => DateOnly.FromDateTime(_time.GetLocalNow().Date);

    /// <summary>
    /// Path of the request, without query, as a link writes it. It begins with one slash, however many the request had: a browser reads two as the name of another server.
    /// </summary>
    public string Path => "/" + _context.Request.Path.ToUriComponent().TrimStart('/');

    public IQueryCollection Query => _context.Request.Query;

    /// <summary>Path and query of the request.</summary>
    public string Address => Path + _context.Request.QueryString.Value;

    /// <summary>Who reads, for the verbs of the modules, with the language of this page. Only pages behind the sign-in may ask.</summary>
    public Caller Caller => SignInCookie.CallerOf(_context) is { } caller
        ? caller with { Language = Language }
        : throw new InvalidOperationException("Nobody is signed in.");

    /// <summary>A field of the form that was sent, without blanks around it; empty where there is none.</summary>
    public string Posted(string name) => _context.Request.HasFormContentType ? _context.Request.Form[name].ToString().Trim() : "";

    /// <summary>All values of a field that may stand several times, as boxes to tick do.</summary>
    public IReadOnlyList<string> PostedAll(string name) => _context.Request.HasFormContentType ? [.. _context.Request.Form[name].OfType<string>()] : [];

    /// <summary>A file of the form that was sent, or null.</summary>
    public IFormFile? PostedFile(string name) => _context.Request.HasFormContentType ? _context.Request.Form.Files[name] : null;

    /// <summary>The answer's status where it is not 200.</summary>
    public void Answer(int status) => _context.Response.StatusCode = status;

    /// <summary>After a form was accepted: the page that shows the result, for the browser and for htmx.</summary>
    public void Go(Microsoft.AspNetCore.Components.NavigationManager navigation, string address)
    {
        if (Fragment)
        {
            _context.Response.Headers["HX-Redirect"] = address;
        }
        else
        {
            navigation.NavigateTo(address);
        }
    }

    /// <summary>htmx loads the whole page anew instead of swapping the part in.</summary>
    public void Refresh() => _context.Response.Headers["HX-Refresh"] = "true";

    /// <summary>Ends work that nobody waits for any more.</summary>
    public CancellationToken Gone => _context.RequestAborted;

    /// <summary>The answer says that something broke on our side.</summary>
    public bool Failed => _context.Response.StatusCode >= StatusCodes.Status500InternalServerError;

    public bool SignedIn => SignInCookie.CallerOf(_context) is not null;

    public string UserName => SignInCookie.CallerOf(_context)?.Name ?? "";

    /// <summary>Big-screen mode: no chrome, larger type.</summary>
    public bool Wall => Query["wall"] == "1";

    /// <summary>htmx asks for a part of the page: the answer is the page's body without the document around it.</summary>
    public bool Fragment => _context.Request.Headers.ContainsKey("HX-Request") && !_context.Request.Headers.ContainsKey("HX-History-Restore-Request");

    /// <summary>The id of the element that htmx will fill, empty for a plain request.</summary>
    public string FragmentTarget => _context.Request.Headers["HX-Target"].ToString();

    /// <summary>The text of the key with <c>{0}</c>, <c>{1}</c> … filled.</summary>
    public string T(string key, params object[] args) =>
        Texts.Fill(Language, key, [.. args.Select(a => Convert.ToString(a, CultureInfo.InvariantCulture) ?? "")]);

    /// <summary>Address of a static file below <c>wwwroot</c>.</summary>
    public string File(string path) => _files.Url(path);

    /// <summary>A path of ours with the scope of this view and further query values; null and empty values are left out.</summary>
    public string Link(string path, params (string Name, object? Value)[] query) => Write(path, Scope.Query, query);

    /// <summary>This page with some query values replaced; the rest of the query stays. A null or empty value removes its name.</summary>
    public string Here(params (string Name, object? Value)[] changes)
    {
        var values = Query.ToDictionary(q => q.Key, q => q.Value, StringComparer.Ordinal);
        values.Remove("lang");
        foreach (var (name, value) in changes)
        {
            var text = Text(value);
            if (text.Length == 0)
            {
                values.Remove(name);
            }
            else
            {
                values[name] = text;
            }
        }

        return QueryHelpers.AddQueryString(Path, values.SelectMany(v => v.Value.Select(one => KeyValuePair.Create(v.Key, one))));
    }

    /// <summary>This page in the other language.</summary>
    public string InLanguage(Language language)
    {
        var values = Query.Where(q => q.Key != "lang").SelectMany(q => q.Value.Select(one => KeyValuePair.Create(q.Key, one)));
        return QueryHelpers.AddQueryString(QueryHelpers.AddQueryString(Path, values), "lang", Texts.Tag(language));
    }

    /// <summary>The query values of this page that do not belong to the scope, for hidden fields of a form that changes the scope.</summary>
    public IEnumerable<KeyValuePair<string, string>> OtherQuery =>
        Query.Where(q => !Scope.Names.Contains(q.Key) && q.Key is not ("lang" or "page"))
            .SelectMany(q => q.Value.Select(one => KeyValuePair.Create(q.Key, one ?? "")));

    /// <summary><c>14 Mar 2025</c>, <c>2025年3月14日</c>.</summary>
    public string Date(DateOnly day) => Language == Language.Chinese
        ? string.Create(CultureInfo.InvariantCulture, $"{day.Year}年{day.Month}月{day.Day}日")
        : day.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary><c>Mar 2025</c>, <c>2025年3月</c>.</summary>
    public string Month(Month month) => Language == Language.Chinese
        ? string.Create(CultureInfo.InvariantCulture, $"{month.Year}年{month.OfYear}月")
        : month.Interval.Start.ToString("MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary><c>2025</c>, <c>Jan–Jun 2025</c>, <c>2024年7月–2025年6月</c>: as short as it stays exact.</summary>
    public string Period(Month from, Month to)
    {
        if (from == to)
        {
            return Month(from);
        }

        var wholeYears = from.OfYear == 1 && to.OfYear == 12;
        if (wholeYears)
        {
            var years = from.Year == to.Year ? $"{from.Year}" : $"{from.Year}–{to.Year}";
            return Language == Language.Chinese ? years + "年" : years;
        }

        if (from.Year != to.Year)
        {
            return $"{Month(from)} – {Month(to)}";
        }

        return Language == Language.Chinese
            ? string.Create(CultureInfo.InvariantCulture, $"{from.Year}年{from.OfYear}–{to.OfYear}月")
            : string.Create(CultureInfo.InvariantCulture, $"{from.Interval.Start:MMM}–{to.Interval.Start:MMM} {from.Year}");
    }

    /// <summary>Date and minute in the server's zone.</summary>
    public string Instant(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, _time.LocalTimeZone);
        return $"{Date(DateOnly.FromDateTime(local.Date))} {local.ToString("HH:mm", CultureInfo.InvariantCulture)}";
    }

    private static string Write(string path, string scope, (string Name, object? Value)[] query)
    {
        var named = query.Select(q => q.Name).ToHashSet(StringComparer.Ordinal);
        var values = QueryHelpers.ParseQuery(scope).Where(v => !named.Contains(v.Key))
            .SelectMany(v => v.Value.Select(one => KeyValuePair.Create(v.Key, one)))
            .Concat(query.Select(q => KeyValuePair.Create(q.Name, (string?)Text(q.Value))).Where(q => q.Value!.Length > 0));
        return QueryHelpers.AddQueryString(path, values);
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
