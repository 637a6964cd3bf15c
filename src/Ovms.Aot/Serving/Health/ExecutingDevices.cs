using System.Globalization;
using Ovms.Devices;
using Ovms.Serving.Requests;

namespace Ovms.Serving.Health;

/// <summary>
/// The devices that run a loaded model. AUTO and MULTI change them while the model serves and report it to nobody, so that they must be
/// read again and again.
/// </summary>
/// <remarks>Its values can be used by any thread; one thread at a time reads them anew.</remarks>
internal sealed class ExecutingDevices
{
    /// <summary>The property that says how many streams there are.</summary>
    public const string StreamsKey = "NUM_STREAMS";

    private readonly Func<string, string?> _read;
    private readonly TargetDevice _asked;
    private readonly InferRequestPool? _growing;
    private readonly bool _leavesOut;

    // The last number reported for each device. AUTO does not report the streams of the CPU when it falls back to it.
    private readonly Dictionary<DeviceName, int> _streamsOf = [];
    private ExecutionDevices? _best;
    private volatile ExecutionDevices _now;
    private volatile bool _hasFallen;
    private volatile int _streams;

    /// <summary>Takes what the compiled model said when it was loaded.</summary>
    /// <param name="read">Reads a property of the compiled model; null if it has none of that name.</param>
    /// <param name="asked">The devices that were asked for, absent ones too.</param>
    /// <param name="executing">The devices that run it, as text.</param>
    /// <param name="streams">Its streams, as text; null if not reported.</param>
    /// <param name="growing">The infer requests that follow the devices' optimum; null if their number is fixed.</param>
    public ExecutingDevices(
        Func<string, string?> read, TargetDevice asked, string executing, string? streams, InferRequestPool? growing = null)
    {
        (_read, _asked, _growing) = (read, asked, growing);
        _now = ExecutionDevices.From(executing);
        _streams = CountStreams(streams);
        Judge(wasTemporary: false);
    }

    /// <summary>Those of a model that stays on the one device it was compiled for.</summary>
    /// <param name="device">The device.</param>
    /// <param name="streams">Its streams, as text; null if not reported.</param>
    public static ExecutingDevices Only(string device, string? streams = null) =>
        new(static _ => null, new TargetDevice(DeviceMode.Single, ExecutionDevices.From(device).Names, [], device), device, streams);

    /// <summary>Whether devices that were asked for, or chosen, were left out because of their trouble.</summary>
    public bool LeavesOut
    {
        get => _leavesOut;
        init
        {
            _leavesOut = value;
            Judge(wasTemporary: value);
        }
    }

    /// <summary>Whether new models are compiled by another core of OpenVINO, which knows devices that have come since.</summary>
    public Func<bool> IsOfFormerCore { get; init; } = static () => false;

    /// <summary>Receives the streams on the CPU when the devices have changed.</summary>
    public Action<int>? CpuStreamsRead { get; set; }

    /// <summary>
    /// Whether OpenVINO chose the CPU by itself, so that nothing tells of a better device that comes later: somebody has to search.
    /// </summary>
    public bool MayMissDevices =>
        _asked is { Mode: DeviceMode.Auto, Devices.IsEmpty: true } && _now is { IsCpuAlone: true, AreTemporary: false };

    /// <summary>Whether devices have come that it does not know and that OpenVINO may choose for it.</summary>
    public bool IsOutdated => MayMissDevices && IsOfFormerCore();

    /// <summary>The devices as text for users: <c>GPU.0, CPU</c>; in parentheses until a better one is ready.</summary>
    public string Text => _now.Text;

    /// <summary>The devices that were asked for.</summary>
    public string Asked => _asked.Text;

    /// <summary>Whether they run the model only until a better device is ready.</summary>
    public bool AreTemporary => _now.AreTemporary;

    /// <summary>Whether the model could run on a better device, and does not.</summary>
    public bool HaveFallen => _hasFallen;

    /// <summary>Whether other devices have run it since it was loaded.</summary>
    public bool HaveChanged { get; private set; }

    /// <summary>Whether the devices of such a model can change at all.</summary>
    public bool CanChange => _asked.Mode is DeviceMode.Auto or DeviceMode.Multi;

    /// <summary>OpenVINO's execution streams; 0 if the devices do not report them.</summary>
    public int Streams => _streams;

    /// <summary>The same for the log, as "; streams: 2"; empty if the devices do not report them.</summary>
    public string StreamsText => _streams is var streams and > 0
        ? string.Create(CultureInfo.InvariantCulture, $"; streams: {streams}")
        : "";

    /// <summary>
    /// Asks the compiled model. If the devices have changed, the number of streams is read again, and the infer requests grow to the
    /// optimum of the new devices. May block while a device does not answer.
    /// </summary>
    /// <returns>The change; null if there is none.</returns>
    public async Task<DeviceChange?> LookAsync()
    {
        if (_read("EXECUTION_DEVICES") is not { } text || ExecutionDevices.From(text) is not { Names: not [] } seen
            || seen.Text == _now.Text)
        {
            return null;
        }

        (ExecutionDevices before, bool hadFallen) = (_now, _hasFallen);
        _now = seen;
        HaveChanged = true;
        Judge(before.AreTemporary);
        string? streams = _read(StreamsKey);
        _streams = CountStreams(streams);
        CpuStreamsRead?.Invoke(
            streams is null && seen.IsCpuAlone && _streams > 0 ? _streams : ExecutionFacts.StreamsOnCpu(seen.Text, streams));
        if (_growing is not null && ToCount(_read("OPTIMAL_NUMBER_OF_INFER_REQUESTS")) is var optimal and > 0)
        {
            await _growing.GrowAsync(optimal).ConfigureAwait(false);
        }

        return new DeviceChange(before.Text, seen.Text, _hasFallen && !hadFallen);
    }

    // The streams on the devices of now: those reported, else those known from before; 0 if one of them is unknown.
    private int CountStreams(string? reported)
    {
        foreach (DeviceName device in _now.Names)
        {
            if (ExecutionFacts.StreamsOf(device, reported) is { } count)
            {
                _streamsOf[device] = count;
            }
        }

        int total = ExecutionFacts.TotalStreams(reported);
        return total > 0 ? total
            : _now.Names.All(_streamsOf.ContainsKey) ? _now.Names.Sum(device => _streamsOf[device])
            : 0;
    }

    private void Judge(bool wasTemporary)
    {
        _hasFallen = _now.HaveFallen(_asked, _best, wasTemporary);
        if (!_hasFallen && !_now.AreTemporary)
        {
            _best = _now;
        }
    }

    private static int ToCount(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0;
}
