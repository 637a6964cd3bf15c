using System.Globalization;
using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Options;

/// <summary>Checks an option table for faults that are known at compile time (OVMS001 to OVMS006).</summary>
internal static class OptionChecks
{
    public static IEnumerable<DiagnosticInfo> CheckAlone(OptionModel option, bool isDefaultKnown, LocationInfo? location)
    {
        if (option.Help.Length == 0)
        {
            yield return DiagnosticInfo.Create(Diagnostics.MissingSummary, location, option.Name);
        }

        if (option.Kind == OptionKind.Choice && !Lower(option.Allowed).SequenceEqual(Lower(option.Members)))
        {
            yield return DiagnosticInfo.Create(
                Diagnostics.AllowedAreNotTheMembers,
                location,
                option.Name,
                option.ClrType.Replace("global::", ""),
                string.Join(", ", option.Members));
        }

        if (option.Kind == OptionTypes.Unparsable)
        {
            yield return DiagnosticInfo.Create(Diagnostics.TypeCannotParse, location, option.Name, option.ClrType.Replace("global::", ""));
        }
        else if (!isDefaultKnown)
        {
            yield return DiagnosticInfo.Create(
                Diagnostics.DefaultOutOfRange,
                location,
                "(not a constant, nor a call with one constant string)",
                option.Name,
                "help and schema have to state it");
        }
        else if (WhyDefaultIsRefused(option) is string why)
        {
            yield return DiagnosticInfo.Create(Diagnostics.DefaultOutOfRange, location, $"'{option.Default}'", option.Name, why);
        }
    }

    // text_generation spells TextGeneration.
    private static IEnumerable<string> Lower(IEnumerable<string> texts) =>
        texts.Select(static text => text.Replace("_", "").ToLowerInvariant());

    public static IEnumerable<DiagnosticInfo> CheckTogether(List<(OptionModel Option, LocationInfo? Location)> rows)
    {
        Dictionary<string, string> names = [];
        Dictionary<string, string> keys = [];
        foreach ((OptionModel option, LocationInfo? location) in rows)
        {
            IEnumerable<(Dictionary<string, string> Taken, string Name)> claims =
                option.Aliases.Append(option.Name).Select(name => (names, name));
            if (option.InModelConfig)
            {
                claims = claims.Append((keys, option.ConfigName));
            }

            foreach ((Dictionary<string, string> taken, string name) in claims)
            {
                if (taken.TryGetValue(name, out string? owner))
                {
                    yield return DiagnosticInfo.Create(Diagnostics.DuplicateOptionName, location, name, option.Property, owner);
                }
                else
                {
                    taken.Add(name, option.Property);
                }
            }
        }

        foreach ((OptionModel option, LocationInfo? location) in rows)
        {
            IEnumerable<(string Verb, string Other)> others = option.ConflictsWith.Select(static other => ("conflicts with", other));
            if (option.Requires is string required)
            {
                others = others.Append(("requires", required));
            }

            foreach ((string verb, string other) in others)
            {
                string? fault = other == option.Name ? "is the option itself"
                    : names.ContainsKey(other) ? null
                    : "is no option of the table";
                if (fault is not null)
                {
                    yield return DiagnosticInfo.Create(Diagnostics.UnknownOption, location, option.Name, verb, other, fault);
                }
            }
        }
    }

    private static string? WhyDefaultIsRefused(OptionModel option)
    {
        // An empty text means that the option is not given.
        if (option.Default is not { Length: > 0 } text)
        {
            return null;
        }

        if (option.Allowed.Count > 0 && !option.Allowed.Contains(text))
        {
            return string.Join(", ", option.Allowed);
        }

        bool isNumber = decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number);
        return option.IsNumber && isNumber && (number < option.Min || number > option.Max) ? $"{option.Min} to {option.Max}" : null;
    }
}
