// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Cagent.Cli.Authz;

/// <summary><c>cagent authz</c>.</summary>
internal static class AuthzCommand
{
    private const string Group = """
        The decision service by itself.

        Examples:
          cagent authz serve --policy prod.yaml --port 9191
        """;

    private const string Help = """
        Serves the ext_authz service (envoy.service.auth.v3.Authorization) alone, without Envoy, on 127.0.0.1 in plain text:
        for load tools, and for trying a policy by gRPC.

        Examples:
          cagent authz serve --policy prod.yaml --port 9191
          cagent authz serve --policy prod.yaml --port 0       # prints the port that it took

        A Check that says neither which hop asks nor who (no context extensions, no identity) is decided by its own method,
        host, scheme and path as that of the anonymous agent; the data plane never decides so. The policy is read once; credentials are read as
        they change and stand in the answers, so let nobody reach the port who may not have them.

        Prints a line that starts with "ready " when it listens. Exit code 1: the policy does not load, or the port is taken.
        """;

    public static Command Create(Func<AuthzServeSettings, CancellationToken, Task<int>> serve)
    {
        Option<string> policy = new("--policy") { Description = "The policy file.", DefaultValueFactory = _ => "configs/cagent.yaml", HelpName = "FILE" };
        Option<int> port = new("--port") { Description = "The port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 9191, HelpName = "PORT" };
        port.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out int value) || value is < 0 or > 65_535))
            {
                result.AddError($"--port: \"{result.Tokens[0].Value}\" is no port, which is a number from 0 to 65535");
            }
        });
        Command command = new("serve", Help) { policy, port };
        OverlayOption overlays = OverlayOption.AddTo(command);
        command.SetAction((result, cancellationToken) =>
            serve(new AuthzServeSettings(result.GetRequiredValue(policy), result.GetRequiredValue(port)) { Overlays = overlays.In(result) }, cancellationToken));
        return new Command("authz", Group) { command };
    }
}
