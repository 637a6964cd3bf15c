using System.Buffers;

namespace Ovms.Language.Values;

/// <summary>A growing text of pooled memory. A user remembers <see cref="Length"/>, appends, and takes the text from there on.</summary>
internal sealed class TextBuffer(RenderBudget budget) : IDisposable
{
    private char[] _text = ArrayPool<char>.Shared.Rent(1024);

    /// <summary>Characters so far.</summary>
    public int Length { get; private set; }

    /// <summary>Appends a text.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        if (text.Length > _text.Length - Length)
            Grow(text.Length);

        text.CopyTo(_text.AsSpan(Length));
        Length += text.Length;
        budget.Text(text.Length);
    }

    /// <summary>Appends one character.</summary>
    public void Append(char one)
    {
        if (Length == _text.Length)
            Grow(1);

        _text[Length++] = one;
    }

    /// <summary>Appends one character many times.</summary>
    public void Append(char one, long count)
    {
        if (count <= 0)
            return;

        budget.Text(count);
        if (count > _text.Length - Length)
            Grow((int)count);

        _text.AsSpan(Length, (int)count).Fill(one);
        Length += (int)count;
    }

    /// <summary>Removes and returns the text from <paramref name="start"/> on.</summary>
    public string Take(int start)
    {
        string text = new(_text, start, Length - start);
        Length = start;
        return text;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_text);
        _text = [];
        Length = 0;
    }

    private void Grow(int more)
    {
        if ((long)Length + more > budget.Characters)
            throw PythonFault.TooMuch($"a text of more than {budget.Characters} characters");

        char[] larger = ArrayPool<char>.Shared.Rent((int)Math.Min(Math.Max(_text.Length * 2L, Length + (long)more), budget.Characters));
        _text.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<char>.Shared.Return(_text);
        _text = larger;
    }
}
