using System.Runtime.InteropServices;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Devices.Health;

/// <summary>
/// Asks one device whether it computes, with a model of one kernel. The device is asked directly, because AUTO and MULTI answer from the
/// CPU when it fails.
/// </summary>
/// <remarks>
/// The model is compiled at the first question and never freed. A device that hangs never returns its thread, so there is one thread at a
/// time, and later questions wait for that one.
/// </remarks>
/// <param name="core">OpenVINO's core.</param>
/// <param name="device">The device: <c>GPU.0</c>.</param>
/// <param name="calls">Guards the question.</param>
internal sealed class DeviceProbe(Core core, string device, DeviceCalls calls)
{
    // y = x + x, in OpenVINO's own format.
    private const string TinyModel =
        """
        <net name="probe" version="11">
          <layers>
            <layer id="0" name="x" type="Parameter" version="opset1">
              <data shape="1" element_type="f32"/>
              <output><port id="0" precision="FP32" names="x"><dim>1</dim></port></output>
            </layer>
            <layer id="1" name="y" type="Add" version="opset1">
              <data auto_broadcast="numpy"/>
              <input><port id="0" precision="FP32"><dim>1</dim></port><port id="1" precision="FP32"><dim>1</dim></port></input>
              <output><port id="2" precision="FP32" names="y"><dim>1</dim></port></output>
            </layer>
            <layer id="2" name="result" type="Result" version="opset1">
              <input><port id="0" precision="FP32"><dim>1</dim></port></input>
            </layer>
          </layers>
          <edges>
            <edge from-layer="0" from-port="0" to-layer="1" to-port="0"/>
            <edge from-layer="0" from-port="0" to-layer="1" to-port="1"/>
            <edge from-layer="1" from-port="2" to-layer="2" to-port="0"/>
          </edges>
        </net>
        """;

    // A device that fails is asked often; a driver's damage to what is compiled need not be suspected each time.
    private const int RenewedAtOnce = 3;
    private const int RenewedEvery = 16;
    private const int MostStale = 64;

    private readonly Lock _gate = new();

    // Never freed unless they compute again: freeing them may end the process.
    private readonly List<CompiledModel> _stale = [];
    private CompiledModel? _compiled;
    private int _failures;
    private Task<string?>? _asked;

    /// <summary>Asks the device.</summary>
    /// <param name="limit">How long it has to answer.</param>
    /// <returns>Null if it computes, else why not.</returns>
    public async Task<string?> AskAsync(TimeSpan limit)
    {
        Task<string?> asked;
        lock (_gate)
        {
            if (_asked is null or { IsCompleted: true })
            {
                _asked = AskGuardedAsync();
            }

            asked = _asked;
        }

        try
        {
            return await asked.WaitAsync(limit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return $"no answer within {limit.TotalSeconds:F0} s";
        }
    }

    private async Task<string?> AskGuardedAsync()
    {
        string? why = null;
        Outcome asked = await calls.RunAsync(core, [device], "asking whether it computes", () => why = Ask()).ConfigureAwait(false);
        return asked.IsOk ? why : asked.Detail;
    }

    private string? Ask()
    {
        string? why = _compiled is null ? null : Compute(_compiled);
        if (_compiled is not null && why is null)
        {
            _failures = 0;
            FreeStale();
            return null;
        }

        // A driver may give up what it has compiled for good, after a hang for example, and go on with what is compiled anew.
        if (_compiled is null || IsRenewalDue(++_failures))
        {
            why = Renew();
        }

        return why;
    }

    private bool IsRenewalDue(int failures) =>
        (failures <= RenewedAtOnce || failures % RenewedEvery == 0) && _stale.Count < MostStale;

    private string? Renew()
    {
        try
        {
            CompiledModel fresh = Compile();
            if (_compiled is { } old)
            {
                _stale.Add(old);
            }

            _compiled = fresh;
        }
        catch (OpenVinoException failure)
        {
            return failure.Said;
        }

        return Compute(_compiled);
    }

    private void FreeStale()
    {
        foreach (CompiledModel old in _stale.Where(static old => Compute(old) is null).ToArray())
        {
            _stale.Remove(old);
            old.Dispose();
        }
    }

    private static string? Compute(CompiledModel compiled)
    {
        try
        {
            // A new request each time: one whose inference failed may never compute again.
            using InferRequest request = compiled.CreateInferRequest();
            using Tensor input = request.GetInput(0);
            MemoryMarshal.Cast<byte, float>(input.Bytes)[0] = 1;
            request.Infer();
            using Tensor output = request.GetOutput(0);
            float answer = MemoryMarshal.Cast<byte, float>(output.Bytes)[0];
            return answer == 2 ? null : $"1 + 1 is {answer} on it";
        }
        catch (OpenVinoException failure)
        {
            return failure.Said;
        }
    }

    private CompiledModel Compile()
    {
        using Model model = core.ReadModelText(TinyModel);
        return core.Compile(model, device, []);
    }
}
