using Ovms.Graphs.Packets;

namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>A number that counts its releases.</summary>
/// <param name="number">The number.</param>
internal sealed class NumberValue(int number) : SharedValue
{
    private int _releases;

    public int Number => number;

    public int Releases => Volatile.Read(ref _releases);

    protected override void OnReleased() => Interlocked.Increment(ref _releases);
}
