namespace Ovms.Language.Vocabulary;

/// <summary>What a detokenizer does with bytes that are not UTF-8.</summary>
internal enum Utf8Mode
{
    /// <summary>Each broken character becomes U+FFFD, as the IR's UTF8Validate does it.</summary>
    Replace,

    /// <summary>Broken characters are left out.</summary>
    Ignore,

    /// <summary>The IR does not look at them; the reader of its text replaces them by the rule of the Unicode standard.</summary>
    Unchecked,
}
