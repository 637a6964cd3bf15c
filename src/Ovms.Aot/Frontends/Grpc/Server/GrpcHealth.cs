using Grpc.Core;
using Grpc.Health.V1;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.TensorFlow;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Serving.Draining;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.Status;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc.Server;

/// <summary>
/// grpc.health.v1: "" and the services of both APIs stand for the server, other names for models. It stores no status but reads the served
/// state each time. So it always agrees with ServerReady, and a watcher gets the newest status, not a queue of old ones.
/// </summary>
internal sealed class GrpcHealth : Health.HealthBase
{
    private readonly ServableRegistry _registry;
    private readonly Readiness _readiness;
    private readonly Drain _drain;
    private TaskCompletionSource _change = NewChange();

    /// <summary>
    /// Subscribes to changes of readiness, which include all changes of models; both objects live as long as the server.
    /// </summary>
    public GrpcHealth(ServableRegistry registry, Readiness readiness, Drain drain)
    {
        (_registry, _readiness, _drain) = (registry, readiness, drain);
        readiness.Changed += OnChanged;
    }

    /// <inheritdoc/>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        ServingStatus status = StatusOf(request.Service);
        return status == ServingStatus.ServiceUnknown
            ? throw GrpcEdge.ToException(_registry.Current.Find(request.Service, "").WithoutValue)
            : Task.FromResult(new HealthCheckResponse { Status = status });
    }

    /// <summary>Sends each change, also for a name that is not served yet, until the caller ends the call or the server stops.</summary>
    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ServingStatus told = ServingStatus.Unknown;
        while (true)
        {
            // Order: get the task of the next change before reading the status, so that no change is missed.
            Task change = Volatile.Read(ref _change).Task;
            bool isLast = _drain.IsDraining;
            ServingStatus status = StatusOf(request.Service);
            if (status != told)
            {
                HealthCheckResponse response = new() { Status = status };
                await responseStream.WriteAsync(response, context.CancellationToken).ConfigureAwait(false);
                told = status;
            }

            if (isLast)
            {
                return;
            }

            await change.WaitAsync(context.CancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServingStatus StatusOf(string service)
    {
        if (service is "" or KServeBinding.ServiceName or TfsBinding.PredictionService or TfsBinding.ModelService)
        {
            return _readiness.IsReady ? ServingStatus.Serving : ServingStatus.NotServing;
        }

        Outcome<(ModelEntry Model, VersionEntry Version)> found = _registry.Current.Find(service, "");
        return found.Code switch
        {
            StatusCode.ModelNameMissing => ServingStatus.ServiceUnknown,
            StatusCode.Ok when found.Value.Version.IsReady && !_drain.IsDraining => ServingStatus.Serving,
            _ => ServingStatus.NotServing,
        };
    }

    private void OnChanged() => Interlocked.Exchange(ref _change, NewChange()).SetResult();
}
