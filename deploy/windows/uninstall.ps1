#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
Stops and removes the service Culvert. Its folder, with the records and the configuration, stays unless -RemoveData is
given.
#>
param(
    [string] $Folder = (Join-Path $env:ProgramData 'Culvert'),
    [switch] $RemoveData
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$name = 'Culvert'

if (Get-Service $name -ErrorAction SilentlyContinue) {
    Stop-Service $name
    & sc.exe delete $name | Out-Null
    if ($LASTEXITCODE -ne 0) {
        throw "sc.exe delete $name failed with $LASTEXITCODE; close the Services window and try again."
    }
}

Remove-Item "HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\$name" -ErrorAction SilentlyContinue
if ($RemoveData -and (Test-Path $Folder)) { Remove-Item -Recurse -Force $Folder }
