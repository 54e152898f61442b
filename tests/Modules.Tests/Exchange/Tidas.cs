using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Tanlu.Modules.Tests.Exchange;

/// <summary>Writes ILCD XML as the JSON that the TIDAS schemas describe: attributes with an at sign, texts of elements with attributes under <c>#text</c>, prefixes kept.</summary>
internal static class Tidas
{
    private static readonly XNamespace Common = "http://lca.jrc.it/ILCD/Common";

    public static string From(string xml)
    {
        var root = XElement.Parse(xml);
        return new JsonObject { [root.Name.LocalName] = Value(root) }.ToJsonString();
    }

    private static JsonNode? Value(XElement element)
    {
        if (!element.HasAttributes && !element.HasElements)
        {
            return element.Value;
        }

        var value = new JsonObject();
        foreach (var attribute in element.Attributes().Where(a => !a.IsNamespaceDeclaration))
        {
            value[attribute.Name.Namespace == XNamespace.Xml ? "@xml:" + attribute.Name.LocalName : "@" + attribute.Name.LocalName] = attribute.Value;
        }

        if (!element.HasElements && element.Value.Length > 0)
        {
            value["#text"] = element.Value;
        }

        foreach (var group in element.Elements().GroupBy(e => (e.Name.Namespace == Common ? "common:" : "") + e.Name.LocalName))
        {
            value[group.Key] = group.Count() == 1 ? Value(group.First()) : new JsonArray([.. group.Select(Value)]);
        }

        return value;
    }
}
