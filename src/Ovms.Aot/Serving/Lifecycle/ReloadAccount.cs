using System.Collections.Immutable;
using Ovms.Observability;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>Keeps the <see cref="ReloadStatus"/>: the results of looks and loads, and what is not served as configured.</summary>
/// <remarks>Used only by the loop of <see cref="ModelManager"/>.</remarks>
internal sealed class ReloadAccount(TimeProvider clock, ILogger log)
{
    private string? _loggedFault;
    private ImmutableArray<string> _loggedWarnings = [];

    /// <summary>The current status.</summary>
    public ReloadStatus Status { get; private set; } = ReloadStatus.None;

    /// <summary>
    /// Records a look and logs what it says of the configuration. Each fault is logged when it first appears, not at every look.
    /// </summary>
    public void Enter(DesiredLook look)
    {
        foreach (string error in look.Errors)
        {
            Log.Failure(log, error);
        }

        // A change of one entry does not tell again what is known of the others.
        foreach (string warning in look.Warnings.Except(_loggedWarnings))
        {
            Log.Warning(log, warning);
        }

        _loggedWarnings = look.ConfigChanged ? look.Warnings : _loggedWarnings;

        string? fault = look.Config.IsOk ? null : look.Config.Text;
        bool isNewFault = fault is not null && fault != _loggedFault;
        if (isNewFault)
        {
            Log.ConfigRefused(log, fault!);
        }

        _loggedFault = fault;
        Status = Status with
        {
            Config = look.Config,
            ConfigChanges = Status.ConfigChanges + (look.ConfigChanged ? 1 : 0),
            ConfigRefusals = Status.ConfigRefusals + (isNewFault ? 1 : 0),
            LeftOut = look.ConfigChanged ? look.Errors : Status.LeftOut,
        };
    }

    /// <summary>Records a look that ended with an unexpected exception.</summary>
    public void Enter(Exception surprise)
    {
        Outcome fault = Outcome.Fail(
            StatusCode.InternalError,
            $"the look at configuration and models failed: {surprise.GetType().Name}: {surprise.Message}");
        if (fault.Text != _loggedFault)
        {
            Log.LookSurprised(log, surprise);
        }

        _loggedFault = fault.Text;
        Status = Status with { Config = fault };
    }

    /// <summary>Counts a load that has ended.</summary>
    public void EnterLoad(bool isOk) =>
        Status = isOk ? Status with { Loads = Status.Loads + 1 } : Status with { FailedLoads = Status.FailedLoads + 1 };

    /// <summary>Records that something was loaded, unloaded or configured anew.</summary>
    public void MarkChange() => Status = Status with { LastChange = clock.GetUtcNow() };

    /// <summary>Records why parts of the configuration cannot be served.</summary>
    public void Enter(ImmutableArray<ModelFault> faults) => Status = Status with { Faults = faults };
}
