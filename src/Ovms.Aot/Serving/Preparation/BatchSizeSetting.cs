using Ovms.Native;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>--batch_size: the size of axis N in every input.</summary>
/// <param name="Size">The size; null = the model's own.</param>
/// <param name="IsAuto">Whether each call decides the size.</param>
internal sealed record BatchSizeSetting(Dimension? Size, bool IsAuto = false)
{
    /// <summary>Not given.</summary>
    public static BatchSizeSetting None { get; } = new((Dimension?)null);

    /// <summary>Parses the option's text; empty or 0 = not given.</summary>
    /// <param name="text">A number, -1, a range as in 1:16, or auto.</param>
    /// <param name="warnings">Receives a warning about a malformed text. That is no failure: the model keeps its own size.</param>
    public static Outcome<BatchSizeSetting> Parse(string text, ICollection<string> warnings)
    {
        string bare = text.Trim();
        if (bare is "" or "0")
        {
            return None;
        }

        if (ShapeText.IsAuto(bare))
        {
            return new BatchSizeSetting(null, IsAuto: true);
        }

        if (ShapeText.ParseDimension(bare) is { } size && size.Max is -1 or (>= 1 and <= int.MaxValue))
        {
            return new BatchSizeSetting(size);
        }

        warnings.Add(
            "Wrong batch size parameter provided. Model batch size will be set to default. "
            + $"Came: {text}; expected a number, -1, a range as in 1:16, or auto.");
        return None;
    }
}
