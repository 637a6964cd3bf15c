namespace Ovms.Bench;

/// <summary>What is spoken at an address.</summary>
internal enum ServerFront
{
    /// <summary>Not known before it is asked.</summary>
    Either,

    /// <summary>gRPC, over HTTP/2 without TLS.</summary>
    Grpc,

    /// <summary>REST, over HTTP/1.1 without TLS.</summary>
    Rest,
}
