namespace Ovms.Inference.Messages;

/// <summary>The form in which a tensor's content was sent; it decides how a wrong size is worded.</summary>
internal enum ContentSource
{
    /// <summary>The caller sent no content.</summary>
    None,

    /// <summary>Raw bytes: sizes are counted in bytes.</summary>
    Raw,

    /// <summary>Typed fields or JSON values, already converted to the raw form: sizes are counted in values.</summary>
    Values,
}
