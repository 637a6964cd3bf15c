namespace Ovms.Options;

/// <summary>Rules for the options that manage configuration files, with the original's messages.</summary>
internal static class ManagementRules
{
    private const string Prefix = "error parsing options - ";

    /// <summary>The error messages of such a command line; empty if it is valid.</summary>
    /// <param name="given">All options, including paths from the environment.</param>
    /// <param name="serverNames">Names of the server options on the command line.</param>
    public static IReadOnlyList<string> Check(GivenOptions given, IReadOnlyCollection<string> serverNames)
    {
        SourceOptions source = given.Source;
        string[] together = [.. Exclusions(given)];
        if (together.Length > 0)
        {
            return together;
        }

        if (source.ListModels)
        {
            return source.ModelRepositoryPath.Length == 0 ? ["Use --list_models with --model_repository_path"] : [];
        }

        return [.. Missing(given), .. OnlyTheModels(given, serverNames)];
    }

    private static IEnumerable<string> Exclusions(GivenOptions given)
    {
        (bool list, bool add, bool remove) = (given.Source.ListModels, given.Source.AddToConfig, given.Source.RemoveFromConfig);
        if (list && (add || remove))
        {
            yield return Prefix + "--list_models cannot be used with --add_to_config or --remove_from_config";
        }

        if (add && remove)
        {
            yield return Prefix + "--add_to_config cannot be used with --remove_from_config";
        }

        if (remove && given.ModelNames.Contains("model_path"))
        {
            yield return Prefix + "--remove_from_config cannot be used with --model_path";
        }
    }

    private static IEnumerable<string> Missing(GivenOptions given)
    {
        SourceOptions source = given.Source;
        if (source.ConfigPath.Length == 0)
        {
            yield return "Set config_path with add_to_config/remove_from_config";
        }

        if (given.Model.ModelName.Length == 0)
        {
            yield return "Set model_name with add_to_config/remove_from_config";
            yield return "  ovms --add_to_config --config_path FILE --model_name NAME --model_path PATH";
            yield return "  ovms --remove_from_config --config_path FILE --model_name NAME";
        }
        else if (source.AddToConfig && given.Model.ModelPath.Length == 0 && source.ModelRepositoryPath.Length == 0)
        {
            yield return "Set model_name either with model_path or model_repository_path with add_to_config";
            yield return "  ovms --add_to_config --config_path FILE --model_name NAME --model_path PATH";
            yield return "  ovms --add_to_config --config_path FILE --model_name NAME --model_repository_path FOLDER";
        }
    }

    private static IEnumerable<string> OnlyTheModels(GivenOptions given, IReadOnlyCollection<string> serverNames)
    {
        string[] more = given.Source.RemoveFromConfig
            ? [.. serverNames, .. given.ModelNames.Where(static name => name != "model_name")]
            : [.. serverNames];
        if (more.Length > 0)
        {
            yield return given.Source.RemoveFromConfig
                ? "Removing models from the configuration file allows passing only model_name parameter. "
                    + $"Invalid parameters passed: {string.Join(", ", more)}"
                : "Adding models to the configuration file allows passing only parameters of the model. "
                    + $"Invalid parameters passed: {string.Join(", ", more)}";
        }
    }
}
