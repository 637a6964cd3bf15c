using Ovms.Native;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>--batch_size: what stands at N's place in every input.</summary>
/// <param name="Size">Null: the model's own.</param>
internal sealed record BatchSizeSetting(Dimension? Size)
{
    /// <summary>Not given.</summary>
    public static BatchSizeSetting None { get; } = new((Dimension?)null);

    /// <summary>Reads the option's text; empty or 0 for not given.</summary>
    /// <param name="text">A number, -1, or least:greatest.</param>
    /// <param name="warnings">Takes the sentence about a malformed text, which is not a failure: the model keeps its own size.</param>
    public static Outcome<BatchSizeSetting> Parse(string text, ICollection<string> warnings)
    {
        string bare = text.Trim();
        if (bare is "" or "0")
        {
            return None;
        }

        if (bare.Equals("auto", StringComparison.OrdinalIgnoreCase))
        {
            return Outcome.Fail(StatusCode.ModelConfigInvalid, "Batch size auto is not served by this release; give -1 for any size, or a range as in 1:16.");
        }

        if (ShapeText.ParseDimension(bare) is { } size && size.Max is -1 or (>= 1 and <= int.MaxValue))
        {
            return new BatchSizeSetting(size);
        }

        warnings.Add($"Wrong batch size parameter provided. Model batch size will be set to default. Came: {text}; expected a number, -1, or a range as in 1:16.");
        return None;
    }
}
