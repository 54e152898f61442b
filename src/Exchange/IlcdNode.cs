using System.Text;
using System.Text.Json;
using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>
/// An element of an ILCD dataset, whichever way it is written: as XML, as the JSON that EPD registries serve (<c>{"value": …, "lang": …}</c>, <c>anies</c>), or as TIDAS writes XML in
/// JSON (<c>@attribute</c>, <c>#text</c>). Names are without prefix; attributes and children without children of their own are asked for alike.
/// </summary>
internal sealed class IlcdNode(string name, int line)
{
    /// <summary>Elements of one dataset; the largest real ones (factors by country) have about half a million.</summary>
    public const int Most = 4_000_000;

    private readonly List<IlcdNode> _children = [];

    public string Name { get; } = name;

    public int Line { get; } = line;

    public string Text { get; set; } = "";

    public string Language { get; set; } = "";

    public IReadOnlyList<IlcdNode> Children => _children;

    public void Add(IlcdNode child) => _children.Add(child);

    public void Add(string name, int line, string text) => _children.Add(new IlcdNode(name, line) { Text = text });

    /// <summary>The first node at the end of a path of names.</summary>
    public IlcdNode? At(params ReadOnlySpan<string> path)
    {
        var node = this;
        foreach (var step in path)
        {
            node = node._children.Find(c => c.Name == step);
            if (node is null)
            {
                return null;
            }
        }

        return node;
    }

    public IEnumerable<IlcdNode> All(string name) => _children.Where(c => c.Name == name);

    /// <summary>The text at the end of a path; empty where there is none.</summary>
    public string Of(params ReadOnlySpan<string> path) => At(path)?.Text ?? "";

    /// <summary>The text of children with one name in the language that is preferred.</summary>
    public string Best(string name)
    {
        var text = default(LanguageText);
        foreach (var child in All(name))
        {
            text.Add(child.Language, child.Text);
        }

        return text.Best;
    }

    /// <summary>An id as packages hold it.</summary>
    public string Id(string name) => DatasetIds.Normal(Of(name));

    public static IlcdNode FromJson(DatasetPart part, Reading reading)
    {
        byte[] bytes;
        using (var stream = part.Open())
        {
            var copy = new MemoryStream();
            stream.CopyTo(copy);
            bytes = copy.ToArray();
        }

        var json = bytes.AsSpan();
        json = json.StartsWith("\uFEFF"u8) ? json[3..] : json;
        if (!System.Text.Unicode.Utf8.IsValid(json))
        {
            throw new Refusal(new Problem("lca_xml_encoding", Args: [part.Name]));
        }

        return new JsonTree(part.Name).Read(json, reading.Limits.Depth);
    }

    /// <summary>Reads JSON into nodes with their lines.</summary>
    private sealed class JsonTree(string part)
    {
        private int _count;
        private int _line = 1;
        private long _counted;

        public IlcdNode Read(ReadOnlySpan<byte> json, int depth)
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = depth });
            try
            {
                var root = new IlcdNode("", 1);
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    Object(ref reader, json, root);
                }

                // Only white space may follow.
                reader.Read();
                return root;
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // An unpaired half of a character in an escape is no JSON error to the reader, but no text either.
                var line = e is JsonException { LineNumber: { } number } ? (int)number + 1 : Line(ref reader, json);
                throw new Refusal(new Problem(e.Message.Contains("end of", StringComparison.Ordinal) ? "lca_json_truncated" : "lca_json_broken", line, Found: e.Message, Args: [part]));
            }
        }

        private void Object(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, IlcdNode node)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                Property(ref reader, json, node, name == "exchange direction" ? "exchangeDirection" : Local(name));
            }
        }

        private void Property(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, IlcdNode node, string name)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    {
                        Property(ref reader, json, node, name);
                    }

                    break;
                case JsonTokenType.StartObject:
                    var child = New(ref reader, json, name);
                    Object(ref reader, json, child);
                    node.Add(name == "anies" ? Extension(child) : child);
                    break;
                case JsonTokenType.Null:
                    break;
                default:
                    var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
                    if (name is "#text" or "value")
                    {
                        node.Text = text;
                    }
                    else if (name == "lang")
                    {
                        node.Language = text;
                    }
                    else
                    {
                        var leaf = New(ref reader, json, name);
                        leaf.Text = text;
                        node.Add(leaf);
                    }

                    break;
            }
        }

        /// <summary>An extension element that the registry's JSON writes as a value with a module, or as a name with a value.</summary>
        private static IlcdNode Extension(IlcdNode any)
        {
            if (any.At("module") is not null)
            {
                return Renamed(any, "amount");
            }

            var name = any.Of("name");
            var value = any.At("value");
            return Renamed(value ?? any, name.Length > 0 ? Local(name) : any.Name, any.Text);
        }

        private static IlcdNode Renamed(IlcdNode node, string name, string? text = null)
        {
            var other = new IlcdNode(name, node.Line) { Text = text ?? node.Text, Language = node.Language };
            other._children.AddRange(node._children);
            return other;
        }

        private static string Local(string name)
        {
            var start = name.StartsWith('@') ? 1 : 0;
            var colon = name.LastIndexOf(':');
            return colon > 0 ? name[(colon + 1)..] : name[start..];
        }

        private IlcdNode New(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, string name) =>
            ++_count <= Most ? new IlcdNode(name, Line(ref reader, json)) : throw new Refusal(new Problem("lca_too_large", Args: [part, $"{json.Length >> 20}"]));

        private int Line(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
        {
            var at = Math.Min(reader.TokenStartIndex, json.Length);
            if (at > _counted)
            {
                _line += json[(int)_counted..(int)at].Count((byte)'\n');
                _counted = at;
            }

            return _line;
        }
    }
}
