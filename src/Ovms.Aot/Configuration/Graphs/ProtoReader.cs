using System.Text;
using Ovms.Status;

namespace Ovms.Configuration.Graphs;

/// <summary>
/// Reads a text protobuf into a tree, without knowing its messages. Source: the text format of Protocol Buffers, as the original's graphs
/// use it.
/// </summary>
internal sealed class ProtoReader
{
    private const int MaxDepth = 64;

    private readonly ProtoLexer _lexer;

    private ProtoReader(string text) => _lexer = new ProtoLexer(text);

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text; may begin with a byte order mark.</param>
    /// <param name="path">Its file, for the message.</param>
    /// <returns>The message, or what is wrong and where.</returns>
    public static Outcome<ProtoMessage> Read(string text, string path)
    {
        ProtoReader reader = new(text);
        try
        {
            reader._lexer.Move();
            ProtoMessage message = reader.ReadFields(default, 0);
            return reader._lexer.Kind == ProtoToken.End ? message : throw new FormatException($"{reader.Seen()} closes nothing");
        }
        catch (FormatException fault)
        {
            return Outcome.Fail(StatusCode.GraphInvalid, $"{path}, {reader._lexer.Place}: {fault.Message}.");
        }
    }

    private ProtoMessage ReadFields(char end, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException($"messages are nested more than {MaxDepth} levels deep");
        }

        List<ProtoField> fields = [];
        while (_lexer.Kind != ProtoToken.End && !(end != default && _lexer.Is(end)))
        {
            if (_lexer.Is('}') || _lexer.Is('>'))
            {
                break;
            }

            ReadField(fields, depth);
        }

        return new ProtoMessage(fields);
    }

    private void ReadField(List<ProtoField> fields, int depth)
    {
        ProtoPlace place = _lexer.Place;
        string name = ReadName();
        bool hasColon = _lexer.Is(':');
        if (hasColon)
        {
            _lexer.Move();
        }

        if (_lexer.Is('['))
        {
            ReadList(fields, name, depth);
        }
        else
        {
            fields.Add(ReadValue(name, place, hasColon, depth));
        }

        if (_lexer.Is(',') || _lexer.Is(';'))
        {
            _lexer.Move();
        }
    }

    private string ReadName()
    {
        if (_lexer.Kind == ProtoToken.Word)
        {
            string name = _lexer.Value;
            _lexer.Move();
            return name;
        }

        if (!_lexer.Is('['))
        {
            throw new FormatException($"expected the name of a field, found {Seen()}");
        }

        // [type.googleapis.com/mediapipe.LLMCalculatorOptions], perhaps with blanks around the slash.
        StringBuilder type = new();
        _lexer.Move();
        while (!_lexer.Is(']'))
        {
            if (_lexer.Kind is ProtoToken.End or ProtoToken.Text)
            {
                throw new FormatException("a name in brackets is not closed");
            }

            type.Append(_lexer.Value);
            _lexer.Move();
        }

        _lexer.Move();
        string full = type.ToString();
        return full[(full.LastIndexOf('/') + 1)..];
    }

    private void ReadList(List<ProtoField> fields, string name, int depth)
    {
        _lexer.Move();
        while (!_lexer.Is(']'))
        {
            fields.Add(ReadValue(name, _lexer.Place, hasColon: true, depth));
            if (_lexer.Is(','))
            {
                _lexer.Move();
            }
            else if (!_lexer.Is(']'))
            {
                throw new FormatException($"expected a comma or the end of the list, found {Seen()}");
            }
        }

        _lexer.Move();
    }

    private ProtoField ReadValue(string name, ProtoPlace place, bool hasColon, int depth)
    {
        if (_lexer.Is('{') || _lexer.Is('<'))
        {
            char end = _lexer.Is('{') ? '}' : '>';
            _lexer.Move();
            ProtoMessage message = ReadFields(end, depth + 1);
            if (!_lexer.Is(end))
            {
                throw new FormatException($"the message {name} of {place} is not closed: expected {end}, found {Seen()}");
            }

            _lexer.Move();
            return new ProtoField(name, null, false, message, place);
        }

        if (!hasColon)
        {
            throw new FormatException($"expected a colon or a message after {name}, found {Seen()}");
        }

        if (_lexer.Kind == ProtoToken.Text)
        {
            StringBuilder text = new();
            while (_lexer.Kind == ProtoToken.Text)
            {
                text.Append(_lexer.Value);
                _lexer.Move();
            }

            return new ProtoField(name, text.ToString(), true, null, place);
        }

        string sign = "";
        if (_lexer.Is('-') || _lexer.Is('+'))
        {
            sign = _lexer.Value == "-" ? "-" : "";
            _lexer.Move();
        }

        if (_lexer.Kind != ProtoToken.Word)
        {
            throw new FormatException($"expected a value for {name}, found {Seen()}");
        }

        string scalar = sign + _lexer.Value;
        _lexer.Move();
        return new ProtoField(name, scalar, false, null, place);
    }

    private string Seen() => _lexer.Kind == ProtoToken.End ? "the end of the file" : Shown.Bounded(_lexer.Value);
}
