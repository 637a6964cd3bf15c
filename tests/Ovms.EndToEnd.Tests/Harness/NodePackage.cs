using System.ComponentModel;
using System.Diagnostics;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Packages of npm that tests need, at the versions of tests/emulators, in folders of their own under .cache.</summary>
internal static class NodePackage
{
    /// <summary>The folder of a package.</summary>
    public static string Home(string name) => Path.Combine(Repo.Root, ".cache", "emulators", name);

    /// <summary>Installs a package, unless it is there.</summary>
    /// <returns>Null when it is there; else why it is not.</returns>
    public static async Task<string?> InstallAsync(string name)
    {
        string source = Path.Combine(Repo.Root, "tests", "emulators", name);
        string stamp = Path.Combine(Home(name), "stamp");
        string wanted = await File.ReadAllTextAsync(Path.Combine(source, "package-lock.json"));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
        {
            return null;
        }

        Directory.CreateDirectory(Home(name));
        foreach (string file in (string[])["package.json", "package-lock.json"])
        {
            File.Copy(Path.Combine(source, file), Path.Combine(Home(name), file), overwrite: true);
        }

        try
        {
            ProcessStartInfo start = new("npm", ["ci", "--ignore-scripts", "--omit=dev", "--omit=optional", "--no-audit", "--no-fund", "--fetch-retries=1"])
            {
                WorkingDirectory = Home(name),
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process npm = Process.Start(start)!;
            Task<string> output = npm.StandardOutput.ReadToEndAsync();
            Task<string> errors = npm.StandardError.ReadToEndAsync();
            try
            {
                await npm.WaitForExitAsync().WaitAsync(OvmsProcess.Patience * 3);
            }
            catch (TimeoutException)
            {
                npm.Kill(entireProcessTree: true);
                return $"npm did not bring {name} in time.";
            }

            string last = (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(static line => line.Contains("error", StringComparison.Ordinal)) ?? await output;
            if (npm.ExitCode != 0)
            {
                // A package that is not what the lock file says is no lack of the machine.
                return last.Contains("EINTEGRITY", StringComparison.Ordinal) ? throw new InvalidOperationException(await errors) : $"npm could not bring {name}: {last.Trim()}";
            }
        }
        catch (Win32Exception)
        {
            return $"npm, which brings {name}, is not installed.";
        }

        await File.WriteAllTextAsync(stamp, wanted);
        return null;
    }
}
