using System.Text.Json;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>How tokenize cuts and fills up lists of ids.</summary>
/// <param name="MaxLength">Most ids of a list; null = any number.</param>
/// <param name="Pads">Whether shorter lists are filled up: to <paramref name="MaxLength"/>, else to the longest list.</param>
/// <param name="IsLeft">Whether they are filled up at the beginning.</param>
internal readonly record struct TokenPadding(int? MaxLength, bool Pads, bool IsLeft)
{
    /// <summary>The longest list that a caller may ask to be filled up.</summary>
    private const int Longest = 1 << 20;

    /// <summary>Reads max_length, pad_to_max_length and padding_side.</summary>
    /// <param name="fields">The request; receives the first fault.</param>
    public static TokenPadding Read(RequestFields fields)
    {
        int? length = null;
        if (fields.TryGet("max_length", out JsonElement value))
        {
            if (!RequestFields.TryWhole(value, out Int128 number) || number < 0)
            {
                fields.Fail("max_length should be unsigned integer");
            }
            else if (number == 0 || number > Longest)
            {
                fields.Fail(number == 0 ? "max_length should be greater than 0" : $"max_length can't be greater than {Longest}");
            }

            length = fields.Fault.IsOk ? (int)number : null;
        }

        bool pads = fields.Flag("pad_to_max_length", "pad_to_max_length should be true or false");
        bool isLeft = false;
        if (fields.TryGet("padding_side", out JsonElement side))
        {
            if (side.ValueKind != JsonValueKind.String || !(side.ValueEquals("left") || side.ValueEquals("right")))
            {
                fields.Fail("padding_side should be either left or right");
            }
            else
            {
                isLeft = side.ValueEquals("left");
            }
        }

        return new TokenPadding(length, pads, isLeft);
    }

    /// <summary>Cuts a list.</summary>
    public int[] Cut(int[] ids) => ids.Length > MaxLength ? ids[..MaxLength.Value] : ids;

    /// <summary>Fills up lists that were cut, when they are written.</summary>
    /// <param name="lists">The lists.</param>
    /// <param name="pad">The id to fill up with.</param>
    public TokenLists Fill(IReadOnlyList<int[]> lists, int pad) =>
        new(lists, !Pads ? 0 : MaxLength ?? lists.Max(static ids => ids.Length), pad, IsLeft);
}
