using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Reads a service's <c>openvpn</c>.</summary>
internal static class OpenVpnReader
{
    /// <summary>
    /// A server that is told to stop says goodbye at once and then goes on for two seconds in which it lets nobody in: so long there is
    /// no server at all, on either node.
    /// </summary>
    public static readonly TimeSpan Goodbye = TimeSpan.FromMilliseconds(300);

    /// <summary>The settings; null where the service is no OpenVPN server.</summary>
    /// <param name="section">The section.</param>
    /// <param name="hasService">Whether there is a service at all.</param>
    public static OpenVpnSettings? Read(Section section, bool hasService)
    {
        var config = section["config"];
        var kick = section["kick"];
        var kicks = kick.Switch();
        if (config.Text().Length == 0)
        {
            if (kicks) kick.Error("has no effect without openvpn.config", "write config = \"/etc/openvpn/server/server.conf\", or remove it");
            return null;
        }
        if (!hasService) config.Error("has no effect with type = none", "write type = process, systemd or commands, so that the server runs where the address is");
        return new OpenVpnSettings(config.AbsolutePath(), kicks);
    }
}
