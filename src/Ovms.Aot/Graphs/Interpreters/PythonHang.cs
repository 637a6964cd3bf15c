using System.Globalization;
using Ovms.Status;

namespace Ovms.Graphs.Interpreters;

/// <summary>What is done with a process whose handler does not return.</summary>
internal static class PythonHang
{
    /// <summary>How long a handler may at least go on when its caller has left: others wait behind it.</summary>
    private static readonly TimeSpan s_leastGrace = TimeSpan.FromSeconds(5);

    // A handler that takes its time is not ended for callers with short deadlines.
    private const int GraceInCalls = 3;

    /// <summary>How long the process may leave inputs unread when their caller has left: the caller's memory is in use.</summary>
    private static readonly TimeSpan s_reading = TimeSpan.FromSeconds(1);

    /// <summary>The server's limit has passed: ends the process, because others wait behind the call.</summary>
    /// <param name="child">The process.</param>
    /// <param name="ask">What it was asked.</param>
    /// <param name="limit">The limit.</param>
    /// <returns>The call's error, when the memory of its inputs is not read any more.</returns>
    public static async Task<Outcome> EndAsync(PythonChild child, PythonAsk ask, TimeSpan limit)
    {
        string within = string.Create(CultureInfo.InvariantCulture, $"within {limit.TotalSeconds} s (python_node_timeout_seconds)");
        child.Kill($"was ended, because the handler did not return {within}");
        try
        {
            (await ask.Answer.ConfigureAwait(false)).Discard();
        }
        catch (Exception lost) when (PythonChild.IsLoss(lost))
        {
            // That is what was wanted.
        }

        return Outcome.Fail(StatusCode.PythonNodeTimeout, $"the handler did not return {within}; the Python process was ended");
    }

    /// <summary>The caller has left. The inputs are its memory: they are read to their end, or the process is ended.</summary>
    public static async Task LeaveAsync(PythonChild child, PythonAsk ask)
    {
        if (await Task.WhenAny(ask.Written, Task.Delay(s_reading)).ConfigureAwait(false) != ask.Written)
        {
            child.Kill("was ended, because it did not read its inputs until the deadline of a call");
            await ask.Written.ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the answer to a caller that has left, but not for long. Nobody takes it.</summary>
    /// <param name="child">The process.</param>
    /// <param name="answer">What it was asked.</param>
    /// <param name="longest">The longest time in which the handler has returned.</param>
    public static async Task FinishLateAsync(PythonChild child, Task<PythonAnswer> answer, TimeSpan longest)
    {
        TimeSpan grace = GraceInCalls * longest is var usual && usual > s_leastGrace ? usual : s_leastGrace;
        if (await Task.WhenAny(answer, Task.Delay(grace)).ConfigureAwait(false) != answer)
        {
            child.Kill(string.Create(
                CultureInfo.InvariantCulture,
                $"was ended, because the handler did not return within {grace.TotalSeconds:0.#} s after its caller had left"));
        }

        PythonAnswer late = await answer.ConfigureAwait(false);
        late.Discard();
        if (late.Generator is { } generator)
        {
            await child.DropAsync(generator).ConfigureAwait(false);
        }
    }
}
