using System.Runtime.Versioning;
using Ovms.Configuration;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Service;

/// <summary><c>ovms service</c> install, uninstall, start and stop.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class ServiceCommand(CommandLine.Service asked)
{
    private const string Account = @"NT AUTHORITY\LocalService";
    private const string Description = "Serves models with OpenVINO over gRPC and REST.";
    private const uint RecoveryResetSeconds = 86400;

    // Time to end beyond that of calls in flight, when Windows shuts down.
    private const uint EndMilliseconds = 5000;

    private static readonly uint[] s_restartMilliseconds = [5_000, 30_000, 60_000];

    private string Name => asked.Options.ServiceName;

    /// <summary>Does it.</summary>
    /// <returns>A sentence, and 0 if it is done.</returns>
    public CommandLine.Exit Run()
    {
        Outcome<string> done = asked.Action switch
        {
            ServiceAction.Install => Install(asked.Server!),
            ServiceAction.Uninstall => Uninstall(),
            ServiceAction.Start => Start(),
            _ => Stop(),
        };
        return done.IsOk
            ? new CommandLine.Exit(ExitCode.Ok, $"{done.Value}\n", "")
            : new CommandLine.Exit(ExitCode.Failure, "", $"{done.Detail}\n");
    }

    private Outcome<string> Install(ServerOptions server)
    {
        string given = asked.Options.ServiceDirectory;
        string directory = given.Length > 0 ? Path.GetFullPath(given) : Environment.CurrentDirectory;
        string log = Path.GetFullPath(server.LogPath, directory);
        Outcome folder = LogFolder.Prepare(log, canCreate: log == ServiceCommandLine.DefaultLogPath(Name, HostFacts.Current));
        if (!folder.IsOk)
        {
            return folder;
        }

        string command = CommandText.Of(
        [
            Environment.ProcessPath!, ServiceCommandLine.Verb, "run", "--service_name", Name, "--service_directory", directory,
            ServiceCommandLine.Separator, .. asked.ServerArguments,
        ]);
        Outcome<InstalledService> created = InstalledService.Create(Name, $"OpenVINO Model Server ({Name})", Account, command);
        if (!created.IsOk)
        {
            return created.WithoutValue;
        }

        using InstalledService service = created.Value;
        string done = $"Service {Name} is installed. It starts with Windows as LocalService, which must be able to read the models, "
            + $"and logs to {log}. Start it now with ovms service start.";

        // The service works without the settings, and uninstalling it because of one would help nobody.
        IEnumerable<string> notes = Settings(service, server).Where(static set => !set.IsOk).Select(static set => $"\n{set.Detail}");
        return done + string.Concat(notes);
    }

    private static List<Outcome> Settings(InstalledService service, ServerOptions server)
    {
        FailureAction* actions = stackalloc FailureAction[s_restartMilliseconds.Length];
        for (int i = 0; i < s_restartMilliseconds.Length; i++)
        {
            actions[i] = new FailureAction { Type = ServiceControl.ActionRestart, DelayMilliseconds = s_restartMilliseconds[i] };
        }

        uint count = (uint)s_restartMilliseconds.Length;
        FailureActions recovery = new() { ResetSeconds = RecoveryResetSeconds, Count = count, Actions = actions };

        // Also after an exit code other than 0, not only after a crash.
        int afterExitCode = 1;
        uint preshutdown = (server.DrainTimeoutSeconds * 1000) + EndMilliseconds;
        fixed (char* text = Description)
        {
            char* description = text;
            return
            [
                service.Set(ServiceControl.ConfigDescription, &description, "description"),
                service.Set(ServiceControl.ConfigFailureActions, &recovery, "recovery settings"),
                service.Set(ServiceControl.ConfigFailureActionsFlag, &afterExitCode, "recovery after an exit code other than 0"),
                service.Set(ServiceControl.ConfigPreshutdown, &preshutdown, "time to drain when Windows shuts down"),
            ];
        }
    }

    private Outcome<string> Uninstall()
    {
        const uint Access = ServiceControl.AccessStop | ServiceControl.AccessQuery | ServiceControl.AccessDelete;
        Outcome<InstalledService> opened = InstalledService.Open(Name, Access, "be uninstalled");
        if (!opened.IsOk)
        {
            return opened.WithoutValue;
        }

        using InstalledService service = opened.Value;
        Outcome<bool> stopped = service.Stop();
        Outcome deleted = stopped.IsOk ? service.Delete() : stopped.WithoutValue;
        return deleted.IsOk ? $"Service {Name} is uninstalled. Its log stays." : deleted;
    }

    private Outcome<string> Start()
    {
        Outcome<InstalledService> opened = InstalledService.Open(
            Name, ServiceControl.AccessStart | ServiceControl.AccessQuery, "be started");
        if (!opened.IsOk)
        {
            return opened.WithoutValue;
        }

        using InstalledService service = opened.Value;
        Outcome<bool> started = service.Start();
        return !started.IsOk ? started.WithoutValue : started.Value ? $"Service {Name} runs." : $"Service {Name} runs already.";
    }

    private Outcome<string> Stop()
    {
        Outcome<InstalledService> opened = InstalledService.Open(
            Name, ServiceControl.AccessStop | ServiceControl.AccessQuery, "be stopped");
        if (!opened.IsOk)
        {
            return opened.WithoutValue;
        }

        using InstalledService service = opened.Value;
        Outcome<bool> stopped = service.Stop();
        return !stopped.IsOk ? stopped.WithoutValue : stopped.Value ? $"Service {Name} has stopped." : $"Service {Name} does not run.";
    }
}
