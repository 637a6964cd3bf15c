using System.Text;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>
/// A command that runs instead of the server: lists a repository's models, or adds to or removes from a configuration file.
/// </summary>
/// <param name="Given">All options, including paths from the environment; already checked against the rules.</param>
/// <param name="IsDefaultPath">Whether the file's path comes from the environment.</param>
internal sealed record ManagementCommand(GivenOptions Given, bool IsDefaultPath)
{
    /// <summary>Runs the command.</summary>
    /// <returns>The text to print, and the exit code.</returns>
    public CommandLine.Exit Run() => Given.Source.ListModels ? List() : Edit();

    private CommandLine.Exit List()
    {
        string repository = Given.Source.ModelRepositoryPath;
        StringBuilder text = new($"Listing models in repository...\nModel repository path: {repository}\n");
        Outcome<ServableFolders> folders = ServableFolders.Under(repository);
        if (!folders.IsOk)
        {
            return new CommandLine.Exit(ExitCode.Failure, text.ToString(), folders.Text + "\n");
        }

        foreach (ServableFolder folder in folders.Value.Found)
        {
            text.Append(folder.Name).Append('\n');
        }

        return new CommandLine.Exit(
            ExitCode.Ok, text.ToString(), string.Concat(folders.Value.Warnings.Select(static warning => warning + "\n")));
    }

    private CommandLine.Exit Edit()
    {
        string path = Given.Source.ConfigPath;
        string name = Given.Model.ModelName;
        Outcome changed = Given.Source.AddToConfig
            ? ConfigFileWriter.Change(path, ConfigEdit.Empty, text => ConfigEdit.Add(text, name, Members()))
            : ConfigFileWriter.Change(path, null, text => ConfigEdit.Remove(text, name));
        string head = IsDefaultPath ? $"Using default config path: {path}\n" : "";
        return changed.IsOk
            ? new CommandLine.Exit(ExitCode.Ok, $"{head}Config updated: {path}\n", "")
            : new CommandLine.Exit(ExitCode.Failure, $"{head}{path} error on config update : {changed.Text}\n", "");
    }

    // Only given options are written, so that the server that reads the file applies its own defaults.
    private List<EntryMember> Members()
    {
        string modelPath = Given.Model.ModelPath.Length > 0
            ? Given.Model.ModelPath
            : Path.Combine(Given.Source.ModelRepositoryPath, Given.Model.ModelName);
        List<EntryMember> members =
            [new("name", Given.Model.ModelName, OptionJson.String), new("base_path", modelPath, OptionJson.String)];
        members.AddRange(ModelOptions.Rows
            .Where(row => row.Name is not ("model_name" or "model_path") && Given.ModelTexts.ContainsKey(row.Name))
            .Select(row => new EntryMember(row.ConfigName, Given.ModelTexts[row.Name], row.Json)));
        return members;
    }
}
