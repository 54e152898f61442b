using System.Text;
using System.Xml;
using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>
/// An XML dataset, read forwards once. Entities and document types are refused, nothing is fetched. Walking goes by depth: <see cref="Next"/> steps over the children of the element
/// at a depth and leaves out whatever the caller does not look at.
/// </summary>
internal sealed class DatasetXml : IDisposable
{
    private readonly XmlReader _xml;
    private readonly IXmlLineInfo _lines;
    private readonly int _deepest;
    private readonly long _treeBytes;
    private readonly StringBuilder _text = new();

    private DatasetXml(XmlReader xml, string part, ReadLimits limits)
    {
        _xml = xml;
        _lines = (IXmlLineInfo)xml;
        _deepest = limits.Depth;
        _treeBytes = limits.TreeBytes;
        Part = part;
    }

    /// <summary>The part of the archive, for problems.</summary>
    public string Part { get; }

    public int Line => _lines.LineNumber;

    public int Depth => _xml.Depth;

    /// <summary>Local name of the element at hand.</summary>
    public string Name => _xml.LocalName;

    public string Space => _xml.NamespaceURI;

    /// <summary>Language that the element at hand is marked with; empty where it has no mark of its own.</summary>
    public string Language => _xml.GetAttribute("xml:lang") ?? "";

    /// <summary>Reads a part from its root element on; what is wrong with its text becomes a refusal that names part and line.</summary>
    public static void Read(DatasetPart part, Reading reading, Action<DatasetXml> read)
    {
        try
        {
            using var xml = new DatasetXml(Reader(part.Open(), part.Name, reading.Limits), part.Name, reading.Limits);
            xml._xml.MoveToContent();
            read(xml);

            // What stands behind the datasets must be sound too: a file that breaks off there has been cut.
            while (xml.Read())
            {
            }
        }
        catch (XmlException e)
        {
            throw new Refusal(ProblemOf(e, part));
        }
    }

    public static XmlReader Reader(Stream stream, string part, ReadLimits limits)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            CloseInput = true,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
            MaxCharactersInDocument = limits.PartBytes,
            MaxCharactersFromEntities = 1024,
        };
        var head = new byte[256];
        var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var whole = new JoinedStream(head, length, stream);
        return OtherEncoding(head.AsSpan(0, length), part) is { } encoding
            ? XmlReader.Create(new StreamReader(whole, encoding), settings)
            : XmlReader.Create(whole, settings);
    }

    /// <summary>Steps to the next child of the element at <paramref name="parent"/>'s depth; false at that element's end. Start with the reader on the element itself.</summary>
    public bool Next(int parent)
    {
        if (_xml.Depth == parent && (_xml.NodeType == XmlNodeType.EndElement || _xml.IsEmptyElement))
        {
            return false;
        }

        while (Read())
        {
            if (_xml.Depth == parent && _xml.NodeType == XmlNodeType.EndElement)
            {
                return false;
            }

            if (_xml.Depth == parent + 1 && _xml.NodeType == XmlNodeType.Element)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives the name of each child of the element at hand, with the reader on it; leaves the reader on the element's end.</summary>
    public void Each(Action<string> child)
    {
        var depth = _xml.Depth;
        while (Next(depth))
        {
            child(_xml.LocalName);
        }
    }

    /// <summary>An attribute of the element at hand, trimmed; null where it is missing or blank.</summary>
    public string? Attribute(string name) => _xml.GetAttribute(name) is { } value && value.AsSpan().Trim() is { Length: > 0 } trimmed ? (trimmed.Length == value.Length ? value : trimmed.ToString()) : null;

    /// <summary>All text within the element at hand, trimmed; leaves the reader on its end.</summary>
    public string Text()
    {
        if (_xml.IsEmptyElement)
        {
            return "";
        }

        var depth = _xml.Depth;
        _text.Clear();
        while (Read() && !(_xml.Depth == depth && _xml.NodeType == XmlNodeType.EndElement))
        {
            if (_xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
            {
                _text.Append(_xml.Value);
            }
        }

        return _text.ToString().Trim();
    }

    /// <summary>The element at hand with everything in it; leaves the reader on its end.</summary>
    public IlcdNode Tree()
    {
        var count = 0;
        return Tree(ref count);
    }

    public void Dispose() => _xml.Dispose();

    private static Problem ProblemOf(XmlException e, DatasetPart part)
    {
        int? line = e.LineNumber > 0 ? e.LineNumber : null;
        var message = e.Message;
        var code = message.Contains("DTD", StringComparison.Ordinal) || message.Contains("undeclared entity", StringComparison.Ordinal) ? "lca_xml_dtd"
            : message.Contains("nexpected end of file", StringComparison.Ordinal) || message.Contains("Root element is missing", StringComparison.Ordinal) ? "lca_xml_truncated"
            : message.Contains("encoding", StringComparison.Ordinal) ? "lca_xml_encoding"
            : "lca_xml_broken";
        if (code == "lca_xml_dtd" && line is null && part.Head.IndexOf("<!DOCTYPE"u8) is >= 0 and var at)
        {
            // The reader does not say where a document type stands, but it can only stand before the root.
            line = part.Head[..at].Count((byte)'\n') + 1;
        }

        return new Problem(code, line, Found: message, Args: [part.Name]);
    }

    /// <summary>The encoding that the declaration names where it is one that the XML reader does not know by itself (GB18030, Windows-1252 …).</summary>
    private static Encoding? OtherEncoding(ReadOnlySpan<byte> head, string part)
    {
        var at = head.IndexOf("encoding="u8);
        if (!head.StartsWith("<?xml"u8) || at < 0 || at > head.IndexOf("?>"u8))
        {
            return null;
        }

        var rest = head[(at + 10)..];
        var end = rest.IndexOfAny((byte)'"', (byte)'\'');
        var name = end < 0 ? "" : Encoding.ASCII.GetString(rest[..end]);
        if (name.ToUpperInvariant() is "UTF-8" or "UTF8" or "UTF-16" or "US-ASCII" or "ASCII" or "ISO-8859-1" or "")
        {
            return null;
        }

        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? throw new Refusal(new Problem("lca_xml_encoding", 1, "encoding", name, [part]));
        }
        catch (ArgumentException)
        {
            throw new Refusal(new Problem("lca_xml_encoding", 1, "encoding", name, [part]));
        }
    }

    private IlcdNode Tree(ref int count)
    {
        count += 1 + _xml.AttributeCount;
        if (count > IlcdNode.Most)
        {
            throw DatasetFile.TooLarge(Part, _treeBytes);
        }

        var node = new IlcdNode(_xml.LocalName, Line);
        var (depth, empty) = (_xml.Depth, _xml.IsEmptyElement);
        while (_xml.MoveToNextAttribute())
        {
            if (_xml.LocalName == "lang")
            {
                node.Language = _xml.Value;
            }
            else if (_xml.Prefix != "xmlns" && _xml.Name != "xmlns")
            {
                node.Add(_xml.LocalName, Line, _xml.Value.Trim());
            }
        }

        _xml.MoveToElement();
        if (empty)
        {
            return node;
        }

        StringBuilder? text = null;
        while (Read() && !(_xml.Depth == depth && _xml.NodeType == XmlNodeType.EndElement))
        {
            switch (_xml.NodeType)
            {
                case XmlNodeType.Element:
                    node.Add(Tree(ref count));
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                    node.Text = node.Text.Length == 0 && text is null ? _xml.Value : (text ??= new StringBuilder(node.Text)).Append(_xml.Value).ToString();
                    break;
            }
        }

        node.Text = node.Text.Trim();
        return node;
    }

    private bool Read()
    {
        try
        {
            if (!_xml.Read())
            {
                return false;
            }
        }
        catch (DecoderFallbackException)
        {
            throw new Refusal(new Problem("lca_xml_encoding", Line, Args: [Part]));
        }

        return _xml.Depth <= _deepest ? true : throw new Refusal(new Problem("lca_too_deep", Line, Name, Args: [Part, $"{_deepest}"]));
    }

    /// <summary>Gives the bytes that were looked at once more, then the rest.</summary>
    private sealed class JoinedStream(byte[] head, int length, Stream rest) : Stream
    {
        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_at == length)
            {
                return rest.Read(buffer);
            }

            var taken = Math.Min(buffer.Length, length - _at);
            head.AsSpan(_at, taken).CopyTo(buffer);
            _at += taken;
            return taken;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                rest.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
