namespace Ovms.Language.Sampling;

/// <summary>Why no token can be chosen from a row of logits.</summary>
internal enum RowFault
{
    /// <summary>A token was chosen.</summary>
    None,

    /// <summary>The row holds a value that is not a number, or +infinity: the model's computation failed.</summary>
    NotANumber,

    /// <summary>All logits are -infinity: no token is allowed.</summary>
    NothingAllowed,
}
