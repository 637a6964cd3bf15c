using Ovms.Observability;
using Ovms.Repository;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>Writes to the log what changes on the <see cref="ServingBoard"/>.</summary>
internal sealed class BoardLog(ILogger log)
{
    private volatile bool _leavesFailures;

    /// <summary>
    /// Whether failures are logged by someone else, from the <see cref="ReloadStatus"/>: the failure of a single model ends the process,
    /// and the last line of its log has the reason.
    /// </summary>
    public bool LeavesFailures
    {
        get => _leavesFailures;
        set => _leavesFailures = value;
    }

    /// <summary>States of several versions that were published.</summary>
    public void States(IEnumerable<(ServableId Id, VersionRow Row)> rows)
    {
        foreach ((ServableId id, VersionRow row) in rows)
        {
            State(id, row);
        }
    }

    /// <summary>The state of a version that was published.</summary>
    public void State(ServableId id, VersionRow row) =>
        Log.StateChanged(log, id.Name, id.Version, row.State.ToString().ToUpperInvariant(), row.ToEntry().ErrorName);

    /// <summary>New warnings and faults of a configured model: when they change, not at every look.</summary>
    public void Changes(ModelRow before, DesiredModel now)
    {
        foreach (string warning in now.Warnings.Except(before.Warnings))
        {
            Log.Warning(log, warning);
        }

        Missing(before, now);
        if (now.Fault.IsOk || now.Fault.Text == before.Fault.Text)
        {
            return;
        }

        if (now.Fault.Code == StatusCode.NoModelVersionAvailable)
        {
            Empty(before, now);
        }
        else if (before.Serves)
        {
            Log.ModelNotRefreshed(log, now.Name, now.Fault.Text);
        }
        else if (!LeavesFailures)
        {
            Log.ModelAbsent(log, now.Name, now.Fault.Text);
        }
    }

    // Only the newly missing ones. Where no version is left to serve, the warning about that names the whole policy.
    private void Missing(ModelRow before, DesiredModel now)
    {
        long[] missing = [.. (now.Missing ?? []).Except(before.Missing)];
        if (missing.Length > 0 && now.Fault.Code != StatusCode.NoModelVersionAvailable)
        {
            Log.Warning(log, VersionPolicy.Describe(now.Name, missing));
        }
    }

    // One warning each time that the folder becomes empty. A later change of the text may explain why no version was found.
    private void Empty(ModelRow before, DesiredModel now)
    {
        if (before.Fault.Code == StatusCode.NoModelVersionAvailable)
        {
            Log.ModelStillEmpty(log, now.Name, now.Fault.Text);
        }
        else
        {
            Log.ModelEmpty(log, now.Name, now.Fault.Text);
        }
    }

    /// <summary>A load that failed. The same failure again is one line of less weight.</summary>
    /// <param name="id">The version.</param>
    /// <param name="row">Its row, with the failure.</param>
    /// <param name="before">What was published of it before.</param>
    /// <param name="isTrial">Whether the files may just be incomplete.</param>
    public void Failure(ServableId id, VersionRow row, VersionEntry before, bool isTrial)
    {
        FailedLoad failed = row.Failed!;
        if (row.ToEntry() == before && failed.Attempts > 1)
        {
            Log.ModelFailedAgain(log, id.Name, id.Version, failed.Attempts, failed.Why.Text);
            return;
        }

        if (row.ToEntry().Error != before.Error)
        {
            State(id, row);
        }

        if (isTrial)
        {
            Log.ModelIncomplete(log, id.Name, id.Version, failed.Why.Text);
        }
        else if (row.Servable is not null)
        {
            Log.ModelKept(log, id.Name, id.Version, failed.Why.Text);
        }
        else if (!LeavesFailures)
        {
            Log.ModelFailed(log, id.Name, id.Version, failed.Why.Text);
        }
    }
}
