using System.Text.Json;

namespace Ovms.Tensors;

/// <summary>Visits the values of nested JSON arrays in order, or a single value that stands in no array.</summary>
internal struct JsonValues()
{
    private int _depth = 0;
    private bool _isFirst = true;

    /// <summary>Whether all arrays have ended.</summary>
    public readonly bool IsWhole => _depth == 0;

    /// <summary>Moves to the next value.</summary>
    /// <param name="reader">At the first call on the first token, later on the last token of the value before.</param>
    /// <returns>False after the last value; the reader is then on its last token or on the end of the outermost array.</returns>
    public bool TryNext(ref Utf8JsonReader reader)
    {
        while (_isFirst || (_depth > 0 && reader.Read()))
        {
            _isFirst = false;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    _depth++;
                    break;
                case JsonTokenType.EndArray:
                    _depth--;
                    break;
                default:
                    return true;
            }
        }

        return false;
    }
}
