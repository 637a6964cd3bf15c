namespace Ovms.Repository.Language;

/// <summary>A token with a role, as far as the files say it.</summary>
/// <param name="Text">Its text; null if it is not said.</param>
/// <param name="Id">Its id; null if it is not said.</param>
internal readonly record struct SpecialToken(string? Text, int? Id)
{
    /// <summary>Whether nothing is said of it.</summary>
    public bool IsUnknown => Text is null && Id is null;
}
