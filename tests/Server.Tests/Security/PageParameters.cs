namespace Tanlu.Server.Tests.Security;

/// <summary>Names that pages read from their address or their forms; a page ignores those of other pages.</summary>
internal static class PageParameters
{
    public static readonly IReadOnlyList<string> Names =
    [
        "q", "sort", "page", "size", "after", "before", "cols", "node", "from", "to", "gwp", "route", "wall", "by", "format", "kind", "file", "m.0", "m.1", "job", "batch", "check", "edit", "quarantine", "return",
        "activity", "unit", "quantity", "site", "source", "start", "end", "region", "factor", "note", "month", "scope", "measure", "gas", "account", "f.source", "f.activity", "f.state", "f.pack", "f.year", "f.verb",
        "verb", "person", "text", "id", "calculation", "compare", "sheet", "header", "x\"><i>",
    ];

    public static readonly IReadOnlyList<string> Fields =
    [
        "name", "email", "reason", "node", "role", "language", "title", "from", "to", "gwp", "route", "approach", "what", "why", "exclusion", "site", "source", "activity", "start", "end", "quantity", "unit", "region",
        "factor", "supplier", "quality", "evidence", "note", "code", "kind", "parent", "name_en", "name_zh", "industry", "equity", "equity_percent", "valid_from", "valid_to", "day", "rights", "expires", "current", "password",
        "again", "answer", "skip", "serve", "url", "events",
    ];
}
