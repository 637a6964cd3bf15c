using System.Collections.Immutable;
using System.Globalization;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>--mean or --scale: one number for all channels, or one per channel.</summary>
/// <param name="Values">The numbers; empty = not given.</param>
internal sealed record FloatSetting(ImmutableArray<float> Values)
{
    /// <summary>Not given.</summary>
    public static FloatSetting None { get; } = new([]);

    /// <summary>Whether it was given.</summary>
    public bool IsGiven => Values.Length > 0;

    /// <summary>Whether each channel has its own number.</summary>
    public bool IsPerChannel => Values.Length > 1;

    /// <summary>Parses the text of --mean: 127.5, [1,2,3] or (1,2,3); empty = not given.</summary>
    public static Outcome<FloatSetting> ParseMean(string text) => Parse("mean", text);

    /// <summary>Parses the text of --scale. The input is divided by it, so it cannot be 0.</summary>
    public static Outcome<FloatSetting> ParseScale(string text)
    {
        Outcome<FloatSetting> scale = Parse("scale", text);
        return scale.IsOk && scale.Value.Values.Contains(0f)
            ? Outcome.Fail(StatusCode.FloatWrongFormat, $"--scale {text}: the input is divided by it, so it cannot be 0.")
            : scale;
    }

    private static Outcome<FloatSetting> Parse(string option, string text)
    {
        string bare = text.Trim();
        if (bare.Length == 0)
        {
            return None;
        }

        string[] parts = bare switch
        {
            ['[', .. string inSquare, ']'] => inSquare.Split(','),
            ['(', .. string inRound, ')'] => inRound.Split(','),
            _ => [bare],
        };
        ImmutableArray<float>.Builder values = ImmutableArray.CreateBuilder<float>(parts.Length);
        foreach (string part in parts)
        {
            bool isNumber = float.TryParse(part.AsSpan().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out float value);
            if (!isNumber || !float.IsFinite(value))
            {
                return Outcome.Fail(
                    StatusCode.FloatWrongFormat,
                    $"--{option} {text}: '{part.Trim()}' is no number; it is written 127.5, [1,2,3] or (1,2,3).");
            }

            values.Add(value);
        }

        return new FloatSetting(values.MoveToImmutable());
    }
}
