using System.Diagnostics;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;
using Ovms.Status;

namespace Ovms.Pipelines.Execution;

/// <summary>
/// One call of a pipeline. Every session that has its inputs is computed at once; the first failure ends the call when those that run have
/// ended. A library that does not return ends nothing but its thread: the call ends at its deadline.
/// </summary>
/// <remarks>One small lock guards the state; nothing is computed or copied within it.</remarks>
internal sealed class PipelineRun
{
    private readonly PipelineComposition _pipeline;
    private readonly PipelinePlan _plan;
    private readonly InferMessage _message;
    private readonly CancellationToken _cancellation;
    private readonly Lock _gate = new();
    private readonly SessionTable _sessions;
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _unfinished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Outcome _failure;
    private bool _isGivenUp;
    private int _workers;
    private int _inLibrary;

    /// <summary>Prepares a call.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="message">The request, which fits the pipeline.</param>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    public PipelineRun(PipelineComposition pipeline, InferMessage message, CancellationToken cancellation)
    {
        (_pipeline, _plan, _message, _cancellation) = (pipeline, pipeline.Plan, message, cancellation);
        _sessions = new SessionTable(_plan);
    }

    /// <summary>Computes the call.</summary>
    public async Task<ComposedRun> RunAsync()
    {
        await using (_cancellation.UnsafeRegister(static (run, _) => ((PipelineRun)run!).GiveUp(), this).ConfigureAwait(false))
        {
            Complete(0, 0, RequestTensors.Of(_plan, _message));
            await _over.Task.ConfigureAwait(false);
        }

        Outcome failure;
        Task? unfinished;
        lock (_gate)
        {
            failure = _failure;
            unfinished = _inLibrary > 0 ? _unfinished.Task : null;
        }

        try
        {
            return failure.IsOk
                ? ResponseTensors.Make(_plan, _message, _sessions.States)
                : new ComposedRun(failure, [], null, unfinished);
        }
        finally
        {
            FreeAll();
        }
    }

    private void Complete(int index, int session, NodeTensor[] outputs)
    {
        List<int> fed = [];
        List<NodeTensor[]> unused;
        lock (_gate)
        {
            unused = _failure.IsOk ? Take(index, session, outputs, fed) : [outputs];
        }

        // The next nodes first: a library may need its time to free what it gave.
        fed.ForEach(StartWorkers);
        unused.ForEach(SessionTable.Free);
    }

    // Within the lock.
    private List<NodeTensor[]> Take(int index, int session, NodeTensor[] outputs, List<int> fed)
    {
        Outcome step = _sessions.Complete(index, session, outputs, fed);
        if (step.IsOk)
        {
            CheckOver();
        }
        else
        {
            fed.Clear();
            Fail(_plan.Nodes[index], step);
        }

        return _sessions.TakeUnused();
    }

    private void FreeAll()
    {
        List<NodeTensor[]> left;
        lock (_gate)
        {
            left = _sessions.TakeAll();
        }

        left.ForEach(SessionTable.Free);
    }

    private void StartWorkers(int index)
    {
        NodeSessions state = _sessions.States[index];
        int more;
        lock (_gate)
        {
            more = _failure.IsOk ? Math.Min(_pipeline.MostAtOnce(index) - state.Workers, state.Ready.Count) : 0;
            state.Workers += Math.Max(0, more);
            _workers += Math.Max(0, more);
        }

        // A library must not block the thread that watches the deadline. A single model needs no other thread.
        bool isHere = more == 1 && _pipeline.InstanceOf(index) is null;
        for (int i = 0; i < more; i++)
        {
            _ = isHere ? WorkAsync(index) : Task.Run(() => WorkAsync(index));
        }
    }

    private async Task WorkAsync(int index)
    {
        while (TryBegin(index, out int session, out NodeInput[] inputs))
        {
            Outcome<NodeTensor[]> outputs;
            long began = Stopwatch.GetTimestamp();
            try
            {
                outputs = await ComputeAsync(index, inputs).ConfigureAwait(false);
            }
            catch (OvmsException refused)
            {
                outputs = refused.Outcome;
            }
            catch (Exception surprise)
            {
                outputs = Outcome.Fail(StatusCode.InternalError, $"{surprise.GetType().Name}: {surprise.Message}");
            }

            _pipeline.Metrics?.Nodes.Add(_plan.Nodes[index].Name, began);
            Array.ForEach(inputs, static input => input.Release());
            Returned(index);
            if (outputs.IsOk)
            {
                Complete(index, session, outputs.Value);
            }
            else
            {
                lock (_gate)
                {
                    Fail(_plan.Nodes[index], outputs.WithoutValue);
                }
            }
        }
    }

    private bool TryBegin(int index, out int session, out NodeInput[] inputs)
    {
        NodeSessions state = _sessions.States[index];
        lock (_gate)
        {
            if (_failure.IsOk && state.Ready.TryDequeue(out session))
            {
                inputs = SessionInputs.Of(_plan, _sessions.States, index, session);
                if (_pipeline.InstanceOf(index) is { } instance)
                {
                    // The call, and with it the pipeline, may end before the library returns.
                    instance.Hold();
                    state.InLibrary++;
                    _inLibrary++;
                }

                return true;
            }

            (session, inputs) = (0, []);
            state.Workers--;
            _workers--;
            CheckOver();
            return false;
        }
    }

    private async ValueTask<Outcome<NodeTensor[]>> ComputeAsync(int index, NodeInput[] inputs)
    {
        PlannedNode node = _plan.Nodes[index];
        NodeTensor[] tensors = new NodeTensor[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            Outcome<NodeTensor> tensor = inputs[i].Take();
            if (!tensor.IsOk)
            {
                return tensor.WithoutValue;
            }

            tensors[i] = tensor.Value;
        }

        if (_pipeline.InstanceOf(index) is not { } instance)
        {
            return await ModelStep.RunAsync(_pipeline.Calls, node, tensors, _cancellation).ConfigureAwait(false);
        }

        NamedTensor[] named = new NamedTensor[tensors.Length];
        for (int i = 0; i < named.Length; i++)
        {
            named[i] = new NamedTensor(node.Inputs[i].Name, tensors[i]);
        }

        Outcome<NodeTensor[]> outputs = instance.Execute(named, [.. node.Outputs.Select(static port => port.Name)], _cancellation);
        return outputs.IsOk ? OutputTypes.Check(node, outputs.Value) : outputs;
    }

    private void Returned(int index)
    {
        if (_pipeline.InstanceOf(index) is not { } instance)
        {
            return;
        }

        lock (_gate)
        {
            _sessions.States[index].InLibrary--;
            _inLibrary--;
            if (_isGivenUp)
            {
                instance.Library.Hangs.Remove();
            }

            if (_inLibrary == 0 && _isGivenUp)
            {
                _unfinished.TrySetResult();
            }
        }

        instance.Release();
    }

    // Within the lock.
    private void Fail(PlannedNode node, Outcome why)
    {
        if (_failure.IsOk)
        {
            _failure = why.Code == StatusCode.Cancelled
                ? why
                : Outcome.Fail(why.Code, $"Pipeline {_plan.Name}, node {node.Name}: {why.Detail ?? why.Code.Message()}");
        }

        CheckOver();
    }

    // The caller has gone: what runs in a library is left to itself.
    private void GiveUp()
    {
        lock (_gate)
        {
            if (_over.Task.IsCompleted)
            {
                return;
            }

            _failure = _failure.IsOk ? Outcome.Fail(StatusCode.Cancelled) : _failure;
            _isGivenUp = true;
            for (int i = 0; i < _sessions.States.Length; i++)
            {
                for (int running = 0; running < _sessions.States[i].InLibrary; running++)
                {
                    _pipeline.InstanceOf(i)!.Library.Hangs.Add();
                }
            }

            CheckOver();
        }
    }

    // Within the lock.
    private void CheckOver()
    {
        int awaited = _workers - (_isGivenUp ? _inLibrary : 0);
        if (_failure.IsOk ? _sessions.AreDone : awaited == 0)
        {
            _over.TrySetResult();
        }
    }
}
