namespace Ovms.Options;

/// <summary>When a server with several models calls itself ready.</summary>
internal enum ReadyRule
{
    /// <summary>
    /// While every version that the start or a change asks for was tried and every configured model has an available one.
    /// </summary>
    All,

    /// <summary>While one has.</summary>
    Any,

    /// <summary>From when each was tried once, as the original does.</summary>
    Tried,
}
