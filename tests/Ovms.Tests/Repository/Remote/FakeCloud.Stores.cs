using Ovms.Repository;
using Ovms.Repository.Remote;

namespace Ovms.Tests.Repository.Remote;

/// <summary>The server's own view of it.</summary>
internal sealed partial class FakeCloud
{
    public FakeCloud(RemoteKind kind)
        : this(kind switch { RemoteKind.S3 => S3, RemoteKind.Gcs => Gcs, RemoteKind.AzureBlob => AzureBlob, _ => AzureFiles })
    {
    }

    public RemotePath Path => RemotePath.Parse(Scheme + "models/dummy").Value!;

    public RemoteStore Open(RemotePatience? patience = null) => Settings(patience).Open(Path).Value!;

    public RemoteSettings Settings(RemotePatience? patience = null) => new(name => Variables.GetValueOrDefault(name), patience ?? Quick);

    /// <summary>Pauses of a test, deadlines that only a hanging test meets.</summary>
    public static RemotePatience Quick { get; } = new() { FirstPause = TimeSpan.FromMilliseconds(1), Step = TimeSpan.FromMilliseconds(1), Look = TimeSpan.FromMinutes(1), Asked = TimeSpan.FromMinutes(1) };

    /// <summary>As <see cref="Quick"/>, where a deadline is to be met.</summary>
    public static RemotePatience Short { get; } = Quick with { Attempts = 1, Request = TimeSpan.FromMilliseconds(300), Idle = TimeSpan.FromMilliseconds(300), Listing = TimeSpan.FromMilliseconds(600) };
}
