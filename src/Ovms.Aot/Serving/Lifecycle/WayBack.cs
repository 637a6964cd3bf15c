namespace Ovms.Serving.Lifecycle;

/// <summary>
/// The way back of a version that fell to a worse device: it is loaded a second time while it serves, after pauses that grow, until a load
/// computes on the better device.
/// </summary>
/// <param name="Attempts">Number of falls and failed attempts in a row.</param>
/// <param name="At">When the next attempt is due, on the clock of plans; null after it came back.</param>
/// <param name="CameBack">When it came back; null while it has not.</param>
internal sealed record WayBack(int Attempts, TimeSpan? At, TimeSpan? CameBack)
{
    // A version that falls again this soon after it came back goes on with the pause that it had.
    private static readonly TimeSpan s_steadyAfter = TimeSpan.FromMinutes(2);

    // A load that takes long is not tried so often that it slows the calls down.
    private const int PausePerLoadTime = 2;

    /// <summary>The version has fallen.</summary>
    /// <param name="last">Its way back before; null if it has not fallen before.</param>
    /// <param name="now">The current time.</param>
    public static WayBack AfterFall(WayBack? last, TimeSpan now)
    {
        bool isSteady = last is not { CameBack: { } back } || now - back >= s_steadyAfter;
        int attempts = isSteady ? 1 : last!.Attempts + 1;
        return new WayBack(attempts, now + RetryPause.After(attempts), null);
    }

    /// <summary>An attempt has failed.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="took">How long the attempt took.</param>
    public WayBack AfterFailure(TimeSpan now, TimeSpan took)
    {
        TimeSpan pause = RetryPause.After(Attempts + 1);
        return new WayBack(Attempts + 1, now + (pause > took * PausePerLoadTime ? pause : took * PausePerLoadTime), null);
    }

    /// <summary>It runs on the better device again.</summary>
    public WayBack AfterReturn(TimeSpan now) => new(Attempts, null, now);
}
