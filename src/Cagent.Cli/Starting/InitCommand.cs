// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Cagent.Cli.Policies;
using Cagent.ControlPlane.PolicySource;
using Cagent.Policy;
using Cagent.Policy.Catalogue;

namespace Cagent.Cli.Starting;

/// <summary><c>cagent init</c>.</summary>
internal static class InitCommand
{
    private const string StandardOutput = "-";

    private const string Help = """
        Writes a first policy with comments: one harmless entry, the profiles that are named, and examples to uncomment. It
        never overwrites a file. A profile's arguments follow its name; a credential that it must have is added, from an
        environment variable.

        Examples:
          cagent init
          cagent init --profile github-readonly --profile openai
          cagent init --profile npm-readonly,host=npm.mirror.example --profile github-clone,credential=git
          cagent init --output prod.yaml
          cagent init --output -                    to standard output

        Exit code 0: written. 1: the file is already there, or these profiles make no valid policy.
        """;

    public static Command Create()
    {
        Option<string[]> profiles = new("--profile") { Description = "A profile to use; may be given several times.", HelpName = "NAME[,ARGUMENT=VALUE…]" };
        profiles.CompletionSources.Add([.. ShippedProfiles.Texts.Keys]);
        Option<string> output = new("--output", "-o") { Description = "The file to write.", DefaultValueFactory = _ => PolicyFile.DefaultPath, HelpName = "FILE" };
        Command command = new("init", Help) { profiles, output };
        command.SetAction(result => Run(result.GetValue(profiles) ?? [], result.GetRequiredValue(output), result.InvocationConfiguration));
        return command;
    }

    private static int Run(string[] options, string file, InvocationConfiguration console)
    {
        List<ProfileChoice> choices = [];
        foreach (string option in options)
        {
            if (ProfileChoice.Parse(option, out string problem) is not { } choice)
            {
                console.Error.WriteLine($"cagent: {problem}");
                return ExitCodes.Error;
            }

            choices.Add(choice);
        }

        string text = StarterFile.Write([.. choices]);
        if (!IsValid(text, file, console))
        {
            return ExitCodes.Error;
        }

        if (file == StandardOutput)
        {
            console.Output.Write(text);
            return ExitCodes.Ok;
        }

        return Write(text, file, [.. choices], console);
    }

    private static bool IsValid(string text, string file, InvocationConfiguration console)
    {
        PolicyLoadResult result = PolicyLoader.Load(text, file, PolicyFiles.Options(file));
        if (result.Policy is null)
        {
            console.Error.WriteLine("cagent: these profiles make no valid policy; nothing was written");
            DiagnosticOutput.Write(console.Error, new Dictionary<string, string>(StringComparer.Ordinal) { [file] = text }, result.Diagnostics);
        }

        return result.Policy is not null;
    }

    private static int Write(string text, string file, ImmutableArray<ProfileChoice> choices, InvocationConfiguration console)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            using FileStream stream = new(file, FileMode.CreateNew, FileAccess.Write);
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException) when (File.Exists(file))
        {
            console.Error.WriteLine($"cagent: {file} is already there, and stays as it is; name another file with --output");
            return ExitCodes.Error;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            console.Error.WriteLine($"cagent: {file} cannot be written: {exception.Message}");
            return ExitCodes.Error;
        }

        console.Output.WriteLine($"{file}: written");
        foreach ((string name, string variable) in choices.SelectMany(choice => choice.Credentials).Distinct())
        {
            console.Output.WriteLine($"set {variable} before `cagent up`: the credential {name}");
        }

        return ExitCodes.Ok;
    }
}
