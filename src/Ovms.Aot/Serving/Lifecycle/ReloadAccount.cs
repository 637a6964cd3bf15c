using System.Collections.Immutable;
using Ovms.Observability;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Keeps the <see cref="ReloadStatus"/>: what came of looks and loads, and what is not served as configured. Used by the loop of
/// <see cref="ModelManager"/> only.
/// </summary>
internal sealed class ReloadAccount(TimeProvider clock, ILogger log)
{
    private string? _faultTold;

    /// <summary>How things stand.</summary>
    public ReloadStatus Status { get; private set; } = ReloadStatus.None;

    /// <summary>A look was taken over: tells what it says of the configuration, each fault when it comes up and not at every look.</summary>
    public void Enter(DesiredLook look)
    {
        foreach (string error in look.Errors)
        {
            Log.Failure(log, error);
        }

        foreach (string warning in look.Warnings)
        {
            Log.Warning(log, warning);
        }

        string? fault = look.Config.IsOk ? null : look.Config.Text;
        bool isNewFault = fault is not null && fault != _faultTold;
        if (isNewFault)
        {
            Log.ConfigRefused(log, fault!);
        }

        _faultTold = fault;
        Status = Status with
        {
            Config = look.Config,
            ConfigChanges = Status.ConfigChanges + (look.ConfigChanged ? 1 : 0),
            ConfigRefusals = Status.ConfigRefusals + (isNewFault ? 1 : 0),
        };
    }

    /// <summary>A look ended by an exception that nobody expected.</summary>
    public void Enter(Exception surprise)
    {
        Outcome fault = Outcome.Fail(StatusCode.InternalError, $"the look at configuration and models failed: {surprise.GetType().Name}: {surprise.Message}");
        if (fault.Text != _faultTold)
        {
            Log.LookSurprised(log, surprise);
        }

        _faultTold = fault.Text;
        Status = Status with { Config = fault };
    }

    /// <summary>A load has ended.</summary>
    public void EnterLoad(bool isOk) =>
        Status = isOk ? Status with { Loads = Status.Loads + 1 } : Status with { FailedLoads = Status.FailedLoads + 1 };

    /// <summary>Something was loaded, let go or taken over.</summary>
    public void MarkChange() => Status = Status with { LastChange = clock.GetUtcNow() };

    /// <summary>What stands against serving what is configured.</summary>
    public void Enter(ImmutableArray<ModelFault> faults) => Status = Status with { Faults = faults };
}
