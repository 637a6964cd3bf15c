namespace Ovms.Benchmarks;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">Everything that is compared takes turns this often.</param>
/// <param name="Turn">How long one turn takes.</param>
/// <param name="Starts">Starts of the server.</param>
/// <param name="Calls">Calls after which memory is looked at again.</param>
/// <param name="Reloads">Reloads under calls.</param>
/// <param name="Limit">The run is ended when it takes this long.</param>
internal sealed record Scale(int Rounds, TimeSpan Turn, int Starts, int Calls, int Reloads, TimeSpan Limit)
{
    public static Scale Full { get; } = new(5, TimeSpan.FromSeconds(1), 20, 1_000_000, 300, TimeSpan.FromMinutes(50));

    public static Scale Quick { get; } = new(3, TimeSpan.FromSeconds(0.3), 5, 100_000, 60, TimeSpan.FromMinutes(20));
}
