using Ovms.Frontends.Extensions;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Serving.Table;
using Ovms.Status;
using LogValue = Ovms.Frontends.Grpc.Protos.LogSettingsRequest.Types.SettingValue;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>The calls for trace and log settings, which are read-only. <see cref="ExtensionBinding"/> names the calls.</summary>
internal sealed class SettingsService(ServableRegistry registry, LogSettingsView log)
{
    /// <summary>The trace settings of a model or of all models.</summary>
    public TraceSettingResponse TraceSetting(TraceSettingRequest request)
    {
        Outcome outcome = TraceSettings.Check(registry, request.ModelName);
        foreach ((string name, TraceSettingRequest.Types.SettingValue value) in request.Settings)
        {
            outcome = outcome.IsOk ? TraceSettings.Change(name, value.Value) : outcome;
        }

        ThrowIfFailed(outcome);
        TraceSettingResponse response = new();
        foreach ((string name, string value) in TraceSettings.All)
        {
            response.Settings.Add(name, new() { Value = { value } });
        }

        return response;
    }

    /// <summary>The log settings.</summary>
    public LogSettingsResponse LogSettings(LogSettingsRequest request)
    {
        Outcome outcome = Outcome.Ok;
        foreach ((string name, LogValue value) in request.Settings)
        {
            outcome = outcome.IsOk ? log.Change(name, ValueOf(value)) : outcome;
        }

        ThrowIfFailed(outcome);
        LogSettingsResponse response = new();
        foreach ((string name, object value) in log.All)
        {
            response.Settings.Add(name, value switch
            {
                bool flag => new() { BoolParam = flag },
                uint number => new() { Uint32Param = number },
                _ => new() { StringParam = (string)value },
            });
        }

        return response;
    }

    private static object? ValueOf(LogValue value) => value.ParameterChoiceCase switch
    {
        LogValue.ParameterChoiceOneofCase.BoolParam => value.BoolParam,
        LogValue.ParameterChoiceOneofCase.Uint32Param => value.Uint32Param,
        LogValue.ParameterChoiceOneofCase.StringParam => value.StringParam,
        _ => null,
    };

    private static void ThrowIfFailed(Outcome outcome)
    {
        if (!outcome.IsOk)
        {
            throw GrpcEdge.ToException(outcome);
        }
    }
}
