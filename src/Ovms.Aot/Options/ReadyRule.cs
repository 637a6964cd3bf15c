namespace Ovms.Options;

/// <summary>When a server with several models reports that it is ready.</summary>
internal enum ReadyRule
{
    /// <summary>While loading has been tried for every requested version, and every configured model has an available version.</summary>
    All,

    /// <summary>While at least one model has an available version.</summary>
    Any,

    /// <summary>From when loading each model has been tried once, as in the original.</summary>
    Tried,
}
