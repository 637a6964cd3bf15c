using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>One run of the published binary: its output line by line, its exit code. Disposal ends exactly this process.</summary>
internal sealed class OvmsProcess : IAsyncDisposable
{
    /// <summary>What anything may take on a slow, busy machine; a hang fails the test instead of the run.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>SIGUSR1 on Linux, which the framework has no name for.</summary>
    public const int UserSignal = 10;

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly StringBuilder _errors = new();
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Seen)> _watchers = [];
    private readonly Task _output;
    private readonly Task _errorOutput;
    private bool _ended;

    private OvmsProcess(Process process)
    {
        _process = process;
        _output = ReadOutputAsync();
        _errorOutput = ReadErrorsAsync();
    }

    /// <summary>The process' number.</summary>
    public int Id => _process.Id;

    /// <summary>Standard output so far.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>Standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Starts the binary.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">Variables to set; a null value removes one.</param>
    /// <param name="binary">Another copy of the binary.</param>
    public static OvmsProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? binary = null)
    {
        string[] command = [.. Launched(), .. Wine.Command(binary ?? Repo.Binary)];
        ProcessStartInfo start = new(command[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (string argument in command.Skip(1).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        // The package must find its own libraries.
        start.Environment.Remove("OVMS_OPENVINO_DIR");
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        process.StandardInput.Close();
        return new OvmsProcess(process);
    }

    private static string[] Launched() => DefaultSignals.Launcher is { } launcher ? [launcher, .. DefaultSignals.Arguments] : [];

    /// <summary>Runs the binary to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? binary = null)
    {
        await using OvmsProcess process = Start(arguments, environment, binary);
        int code = await process.WaitForExitAsync();
        return (code, process.Output, process.Errors);
    }

    /// <summary>Waits for a line of standard output; one that was already written counts.</summary>
    /// <param name="wanted">Tells the line.</param>
    /// <param name="patience">For a line that is known to take long; <see cref="Patience"/> when not given.</param>
    /// <exception cref="InvalidOperationException">The process ended without it.</exception>
    public async Task<string> WaitForLineAsync(Func<string, bool> wanted, TimeSpan? patience = null)
    {
        TaskCompletionSource<string> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lines)
        {
            if (_lines.FirstOrDefault(wanted) is { } earlier)
            {
                return earlier;
            }

            if (_ended)
            {
                throw new InvalidOperationException($"The process ended without the line. Its output:\n{Output}\n{Errors}");
            }

            _watchers.Add((wanted, seen));
        }

        return await seen.Task.WaitAsync(patience ?? Patience);
    }

    /// <summary>Waits until so many such lines were written.</summary>
    public Task<string> WaitForLinesAsync(Func<string, bool> wanted, int count)
    {
        // Every line is asked about once, in order.
        int left = count;
        return WaitForLineAsync(line => wanted(line) && --left == 0);
    }

    /// <summary>Asks the process to stop.</summary>
    public void Signal(PosixSignal signal)
    {
        // Wine turns SIGINT into Ctrl+C, and ends the process at once at SIGTERM.
        PosixSignal sent = Wine.IsTested && signal == PosixSignal.SIGTERM ? PosixSignal.SIGINT : signal;
        if (!TrySignal(_process.Id, sent))
        {
            throw new InvalidOperationException($"Signal {signal} could not be sent to process {_process.Id}.");
        }
    }

    /// <summary>Sends a signal; false where there is no such process.</summary>
    public static bool TrySignal(int process, PosixSignal signal) =>
        Kill(process, signal switch { PosixSignal.SIGTERM => 15, PosixSignal.SIGINT => 2, PosixSignal.SIGHUP => 1, (PosixSignal)UserSignal => UserSignal, _ => throw new ArgumentOutOfRangeException(nameof(signal)) }) == 0;

    /// <summary>Whether the process is over.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Waits for the end and all output; gives the exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await Task.WhenAll(_output, _errorOutput).WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Ends it in the middle of whatever it does (SIGKILL).</summary>
    public void Break() => _process.Kill();

    /// <summary>Sends SIGTERM and waits for the end; gives the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signal(PosixSignal.SIGTERM);
        return await WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);

    private async Task ReadOutputAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
                foreach ((Func<string, bool> wanted, TaskCompletionSource<string> seen) in _watchers)
                {
                    if (wanted(line))
                    {
                        seen.TrySetResult(line);
                    }
                }
            }
        }

        lock (_lines)
        {
            _ended = true;
            foreach ((_, TaskCompletionSource<string> seen) in _watchers)
            {
                seen.TrySetException(new InvalidOperationException($"The process ended without the line. Its output:\n{string.Join('\n', _lines)}\n{Errors}"));
            }
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors)
            {
                _errors.AppendLine(line);
            }
        }
    }
}
