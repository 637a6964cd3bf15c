using System.Collections.Immutable;
using System.Runtime.Versioning;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;
using Ovms.Processes;
using Ovms.Status;

namespace Ovms.Pipelines.Isolation;

/// <summary>
/// The process of a library: this program in another role. Loads one library and answers the server's requests until they end.
/// </summary>
internal sealed class LibraryChild
{
    /// <summary>The first argument of such a process; then come the library's name and path.</summary>
    public const string Verb = "custom-node-library";

    // The server decides how many calls run at a time. A pool that adds threads slowly would make them wait for those that hang.
    private const int ThreadsAtOnce = 256;
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(2);

    private readonly string _name;
    private readonly string _path;
    private readonly FrameReader _requests;
    private readonly FrameWriter _answers;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, NodeInstance> _instances = [];
    private readonly CountdownEvent _running = new(1);
    private NodeLibrary? _library;

    private LibraryChild(string name, string path, Stream requests, Stream answers)
    {
        (_name, _path) = (name, path);
        (_requests, _answers) = (new FrameReader(requests), new FrameWriter(answers));
    }

    /// <summary>If the arguments of the program ask for it, is the process of a library until its end, and does not return.</summary>
    /// <param name="arguments">The arguments of the program.</param>
    public static void RunIfAsked(ReadOnlySpan<string> arguments)
    {
        if (arguments is [Verb, var name, var path] && OperatingSystem.IsLinux())
        {
            Run(name, path);
        }
    }

    [SupportedOSPlatform("linux")]
    private static void Run(string name, string path)
    {
        (Stream requests, Stream answers) = ChildChannel.Take();
        ThreadPool.SetMinThreads(ThreadsAtOnce, 1);
        new LibraryChild(name, path, requests, answers).Serve();

        // Threads that hang in the library, and its exit handlers, must not keep the process.
        ChildChannel.End(0);
    }

    private void Serve()
    {
        try
        {
            while (_requests.TryRead(out FrameHeader header, out byte[] head))
            {
                Action work = Prepare(header, head);
                _running.AddCount();
                ThreadPool.UnsafeQueueUserWorkItem(static work => work(), () => RunCounted(work), preferLocal: false);
            }
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            Console.Error.WriteLine($"the server's requests cannot be read: {failure.Message}");
        }

        _running.Signal();
        _running.Wait(s_farewell);
    }

    private void RunCounted(Action work)
    {
        try
        {
            work();
        }
        catch (IOException)
        {
            // The server does not read answers any more: it has ended.
        }
        finally
        {
            _running.Signal();
        }
    }

    // On the reading thread: takes the data of the request, and notes instances in the order of the requests.
    private Action Prepare(FrameHeader header, byte[] head)
    {
        ulong call = header.Call;
        switch (header.Kind)
        {
            case LibraryFrames.Load:
                return () => Answer(call, Load, static (_, _) => { });
            case LibraryFrames.Open:
                (long number, KeyValuePair<string, string>[] parameters) =
                    LibraryFrames.Read(head, static reader => (reader.ReadInt64(), LibraryFrames.ReadParameters(reader)));
                return () => Answer(call, () => Open(number, parameters), static (_, _) => { });
            case LibraryFrames.Inputs:
            case LibraryFrames.Outputs:
                long described = LibraryFrames.Read(head, static reader => reader.ReadInt64());
                return () => Answer(call, () => Describe(described, header.Kind), LibraryFrames.Write);
            case LibraryFrames.Execute:
                return PrepareExecute(call, head);
            case LibraryFrames.Close:
                NodeInstance? closed = Remove(LibraryFrames.Read(head, static reader => reader.ReadInt64()));
                return () =>
                {
                    closed?.Release();
                    _answers.Write(LibraryFrames.Done, call, [], []);
                };
            default:
                throw new InvalidDataException($"there is no request {header.Kind}");
        }
    }

    private Action PrepareExecute(ulong call, byte[] head)
    {
        (long number, string[] wanted, NamedTensor[] inputs) = LibraryFrames.Read(head, reader =>
        {
            long instance = reader.ReadInt64();
            string[] outputs = LibraryFrames.ReadNames(reader);
            string[] names = LibraryFrames.ReadNames(reader);
            NodeTensor[] tensors = LibraryFrames.ReadTensors(reader, _requests, names.Length);
            return (instance, outputs, Enumerable.Zip(names, tensors, static (name, tensor) => new NamedTensor(name, tensor)).ToArray());
        });
        NodeInstance? held = Hold(number);
        return () =>
        {
            try
            {
                Execute(call, held, inputs, wanted);
            }
            finally
            {
                Array.ForEach(inputs, static input => input.Tensor.Memory!.Release());
                held?.Release();
            }
        };
    }

    private void Execute(ulong call, NodeInstance? instance, NamedTensor[] inputs, string[] wanted)
    {
        Outcome<NodeTensor[]> outputs = instance?.Execute(inputs, wanted, CancellationToken.None) ?? Unknown();
        if (!outputs.IsOk)
        {
            Fail(call, outputs.WithoutValue);
            return;
        }

        try
        {
            byte[] head = LibraryFrames.Head(writer =>
            {
                writer.Write(outputs.Value.Length);
                Array.ForEach(outputs.Value, tensor => LibraryFrames.Write(writer, tensor));
            });
            _answers.Write(LibraryFrames.Done, call, head, LibraryFrames.PartsOf(outputs.Value));
        }
        catch (InvalidDataException tooLarge)
        {
            Fail(call, Outcome.Fail(StatusCode.PipelineTooLarge, $"the outputs of the library {_name}: {tooLarge.Message}"));
        }
        finally
        {
            Array.ForEach(outputs.Value, static tensor => tensor.Memory!.Release());
        }
    }

    private void Answer<T>(ulong call, Func<Outcome<T>> compute, Action<BinaryWriter, T> write)
    {
        Outcome<T> outcome = compute();
        if (outcome.IsOk)
        {
            _answers.Write(LibraryFrames.Done, call, LibraryFrames.Head(writer => write(writer, outcome.Value)), []);
        }
        else
        {
            Fail(call, outcome.WithoutValue);
        }
    }

    private void Fail(ulong call, Outcome failure) =>
        _answers.Write(LibraryFrames.Failed, call, LibraryFrames.Head(writer => LibraryFrames.Write(writer, failure)), []);

    private Outcome<NodeLibrary> Load()
    {
        Outcome<NodeFunctions> functions = NodeFunctions.Load(_path);
        return functions.IsOk ? _library = new SharedNodeLibrary(_name, functions.Value) : functions.WithoutValue;
    }

    private Outcome<NodeInstance> Open(long number, KeyValuePair<string, string>[] parameters)
    {
        Outcome<NodeInstance> opened = _library?.Open(parameters) ?? Unknown();
        if (opened.IsOk)
        {
            lock (_gate)
            {
                _instances[number] = opened.Value;
            }
        }

        return opened;
    }

    private Outcome<ImmutableArray<NodePort>> Describe(long number, uint kind)
    {
        NodeInstance? instance = Hold(number);
        try
        {
            return instance is null ? Unknown() : kind == LibraryFrames.Inputs ? instance.GetInputs() : instance.GetOutputs();
        }
        finally
        {
            instance?.Release();
        }
    }

    private static Outcome Unknown() => Outcome.Fail(StatusCode.InternalError, "the process of the library does not know the instance");

    private NodeInstance? Hold(long number)
    {
        lock (_gate)
        {
            NodeInstance? instance = _instances.GetValueOrDefault(number);
            instance?.Hold();
            return instance;
        }
    }

    private NodeInstance? Remove(long number)
    {
        lock (_gate)
        {
            return _instances.Remove(number, out NodeInstance? instance) ? instance : null;
        }
    }
}
