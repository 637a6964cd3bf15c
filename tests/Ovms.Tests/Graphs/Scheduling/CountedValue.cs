using Ovms.Graphs.Packets;

namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>A value that counts its releases.</summary>
internal sealed class CountedValue : SharedValue
{
    private int _releases;

    public int Releases => Volatile.Read(ref _releases);

    protected override void OnReleased() => Interlocked.Increment(ref _releases);
}
